"""Sessions in which peers of several organisations work on situations without naming a family."""
