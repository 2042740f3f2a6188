"""When a case ends, and its erasure."""
