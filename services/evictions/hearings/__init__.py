"""Hearings before the justice of the peace: set, moved, called off, held, and who goes along.

Glossary (FR / NL): hearing (audience / zitting), adjourned (remise / uitstel), reserved (en
délibéré / in beraad), posting: a date the liaison heard, until the team confirms it; roster: who
goes along.

Legal source: C. jud. art. 730-731, 820-826, 1043 (how a hearing may end, see `endings`).
"""
