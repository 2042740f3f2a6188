"""Figures of reading: opening a case, my cases, against the same without the rule."""
