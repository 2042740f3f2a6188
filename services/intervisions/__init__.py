"""Peers of many organisations work on situations without exposing the families (F45-F50, J6)."""
