"""The search for what would tell a peer whose situation a text is about.

It looks for the identifiers of one case, in any way they are written, and for Belgian formats. All
of it is pure but `session_screen`, which reads the communes. Glossary: a finding is a stretch of
text with the kind of what it tells (docs/decisions/0041).
"""
