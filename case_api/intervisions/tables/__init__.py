"""The HTTP operations and schemas of tables, seats and undertakings."""
