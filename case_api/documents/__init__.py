"""Documents of a case over HTTP."""
