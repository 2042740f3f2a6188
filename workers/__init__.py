"""Processes that turn what is due into messages. PostgreSQL remembers, Redis only wakes."""
