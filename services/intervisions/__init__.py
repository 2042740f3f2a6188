"""Intervisions: peers of many houses work on real situations without exposing the families.

Series and their sessions, invitations, proposals, the ballot, tables with their minutes, agendas
and follow-ups. Kinds: intervision (cases, pseudonymised), supervision (no case data at all:
attendance only), concertation (organisations work out something together) and housing table (open:
whoever of the network comes). Professional secrecy: Criminal Code, art. 458 (old numbering). What
a session tells of a case leads back to it through sealed tables only (docs/decisions/0040).
"""
