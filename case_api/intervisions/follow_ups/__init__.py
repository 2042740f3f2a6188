"""The HTTP operations and schemas of follow-ups and needs."""
