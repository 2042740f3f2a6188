"""Intervisions: peers of many organisations work on real situations that nobody can recognise."""
