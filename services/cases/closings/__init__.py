"""Closings: a case ends after a second look, and may be opened again (F03).

Glossary: closing (clôture, afsluiting); reviewer (whoever takes the second look); course (what a
case does after its opening: it is watched, resumed, opened again).
"""
