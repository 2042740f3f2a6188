"""Situations that reference workers propose to a session, without the household's names.

Glossary: the vignette tells the situation; the pseudonym is drawn for one session; the screen finds
words that say whose situation it is; the second reader reads before any peer does; the source is
the sealed link to the case (docs/decisions/0041).
"""
