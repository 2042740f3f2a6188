"""The defence bundle: a checklist, its pieces, the frozen file for the court."""
