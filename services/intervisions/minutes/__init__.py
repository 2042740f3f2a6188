"""The minutes of a table.

Glossary: the note taker makes a draft final; a revision is one wording of the draft; an addendum
stands beside a final text (docs/decisions/0044).
"""
