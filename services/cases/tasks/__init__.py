"""Tasks of a case and their reminders."""
