"""What a session leaves to do, carried until it is closed; the needs that sessions find."""
