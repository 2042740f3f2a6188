"""Ways to a person. Each is told what to say and to whom; none decides either."""
