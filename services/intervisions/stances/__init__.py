"""The stance of a case on intervision.

Glossary: the agreement is the household's answer; an impasse says that its team does not know how
to go on and that the case may be proposed.
"""
