"""Uploaded files: judged by their content, cleaned, kept under random names, scanned."""
