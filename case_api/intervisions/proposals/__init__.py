"""The HTTP operations and schemas of proposals."""
