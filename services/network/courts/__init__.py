"""Cantons and justices of the peace: imported, corrected, and named in every language."""
