"""The HTTP entry point: a REST API with its contract, and pages for people."""
