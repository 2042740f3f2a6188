"""An eviction procedure: opened under its regime, and its dated acts.

Glossary (FR / NL): procedure (procédure / procedure), act (acte / akte), regime, which rule set
applies to a dwelling; canton (canton / kanton) of the justice of the peace.

Legal source: C. jud. art. 1344bis-1344septies; CBL art. 233bis and following for Brussels.
"""
