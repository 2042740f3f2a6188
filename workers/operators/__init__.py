"""Commands of operators, as the workers role: the alerts, and what is kept how long."""
