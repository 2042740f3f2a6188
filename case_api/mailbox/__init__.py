"""The mail that the embedded server kept: only there, and only for the demo."""
