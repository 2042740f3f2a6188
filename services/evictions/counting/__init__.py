"""The arithmetic of legal periods, and how it is read and said. Pure.

Glossary (FR / NL): delay (délai / termijn); period, a delay in which to act; waiting, a
delay before which nobody may; step, one sentence of the reasoning; reading, one of two defensible
answers.

Legal source: C. jud. art. 48-57; C. civ. art. 1.7. The rules that use it are in `law`.
"""
