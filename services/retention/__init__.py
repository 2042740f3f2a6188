"""How long what is kept, and how it is erased for good (docs/decisions/0019).

A *class* says of a table how long its rows stay, from which instant, and by which source. A case
that is closed for the period of its class is *purged*, after a warning, unless somebody *holds* it.
*Erasure*: the key of the case is destroyed, its rows are deleted, a tombstone stays (code, state,
dates). The *ledger* says so outside the database: after a restore it is replayed before anything
is served. Sources: F68; GDPR art. 5(1)(e), 17 and 30; security.md case 20, §5.4, §5.8 and §5.9.
"""
