"""Hearing lists of a registry, matched against the procedures of a canton."""
