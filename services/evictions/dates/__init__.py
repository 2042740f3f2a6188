"""The legal dates of a procedure: computed by the rules, overridden by people, doubted, shown.

Glossary: deadline, a date that follows from an act by a rule; protective, a date to act before;
cautious date, the earlier of two defensible readings; override, a person's own date instead.

`computing` says what the rules want, `write` writes it, `warnings` plans its alerts. Legal source:
the article beside each rule (`services/evictions/law`).
"""
