"""Legal dates of one procedure: computed, overridden, doubted, shown on the board."""
