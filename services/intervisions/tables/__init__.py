"""Tables of a session: who sits where, conflicts of interest, undertakings of secrecy."""
