"""Closing a case after a second look, and reopening it."""
