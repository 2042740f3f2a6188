"""The plan as the household sees it, signs it and objects to it."""
