"""The household's own view over HTTP."""
