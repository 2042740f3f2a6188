"""The agenda of a session: items, times, published versions."""
