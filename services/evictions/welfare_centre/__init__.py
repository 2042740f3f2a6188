"""Telling the public welfare centre of a procedure, unless the tenant opposes it.

Glossary (FR / NL): public welfare centre (CPAS / OCMW), step: one occasion on which the law has the
centre told; opposition (opposition / verzet).

Legal source: C. jud. art. 1344ter §§2-4; for Brussels the ordinance of 22 June 2023
(docs/decisions/0028).
"""
