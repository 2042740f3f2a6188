"""What is due becomes deliveries: who is told, when, in a digest or at once; and the ladder."""
