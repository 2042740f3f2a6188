"""Reading a case in an emergency without consent: reason, 60 minutes, notice, review."""
