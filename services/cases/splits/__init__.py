"""Splitting a household into a second file that nothing links to the first."""
