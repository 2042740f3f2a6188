"""Intervisions: peers of many organisations work on real situations without exposing the families.

Glossary: a series is what a facilitator leads, and its sessions are the meetings; an invitation is
answered with yes or no, and a yes to a full session waits for a place. Kinds of series: intervision
(works on cases, pseudonymised), supervision (keeps attendance only, no case data at all),
concertation (organisations work out something together), housing table (open to everybody of the
network). A part is what one person is in one session.

Professional secrecy: Criminal Code, art. 458 (old numbering). What a session tells of a case leads
back to it through sealed tables only (docs/decisions/0040).
"""
