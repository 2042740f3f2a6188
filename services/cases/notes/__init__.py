"""Notes: one category each, with every wording kept."""
