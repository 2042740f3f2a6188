"""The tables of a session, at which people sit in parallel over a proposal or a topic.

Glossary: a seat is one person's table; the seat plan holds all seats of a session; a conflict is
declared by the person it concerns; somebody invited in sits at a table in spite of their
organisation; the undertaking is the promise of secrecy (docs/decisions/0043).
"""
