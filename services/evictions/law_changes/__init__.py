"""A network changes the law as data; every running date follows."""
