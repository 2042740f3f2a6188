"""What operators and administrators see of the delivery, and may do."""
