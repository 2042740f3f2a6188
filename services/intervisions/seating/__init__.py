"""Seats are dealt as evenly as the bars allow, the same for the same people. Pure.

Glossary: a bar is a pair of a person and a table that is not possible; a kept seat stays unless it
is barred (docs/decisions/0043).
"""
