"""The HTTP operations and schemas of minutes."""
