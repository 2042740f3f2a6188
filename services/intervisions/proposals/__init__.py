"""Pseudonymised situations that are proposed to a session, read by a second person."""
