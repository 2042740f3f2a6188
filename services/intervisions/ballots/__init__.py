"""The secret vote on what a session discusses."""
