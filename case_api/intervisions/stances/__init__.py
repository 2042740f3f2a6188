"""The HTTP operations and schemas of a case's stance on intervision."""
