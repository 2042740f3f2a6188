"""Turns an event into alerts: who is to be told of what. Its words are in the catalogues."""
