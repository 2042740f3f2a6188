"""Minutes of a table, and words that go back to the case."""
