"""The HTTP operations and schemas of agendas."""
