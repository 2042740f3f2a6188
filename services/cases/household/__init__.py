"""Life of the household: members leave and return, split into another file, sealed addresses."""
