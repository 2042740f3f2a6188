"""The plan in the household's words: goals, steps, co-signatures, objections."""
