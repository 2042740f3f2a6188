"""The HTTP operations and schemas of ballots."""
