"""The agenda of a session: items, times, published versions.

Glossary: the draft is changed item by item; a version is a draft that was published; the opening
item holds the follow-ups of earlier sessions.
"""
