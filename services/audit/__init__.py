"""Who read, who wrote, and whether anybody changed that record afterwards.

Glossary: a *journal* is a table that is only added to (writes: audit_entries, reads:
read_entries); a *seal* is one link of the hash chain over both; an *anchor* is a signed head of
the chain kept outside the database. An *unusual reading* is more different cases in a window than
the work explains: a question to a person, not an accusation.
"""
