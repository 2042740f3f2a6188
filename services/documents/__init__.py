"""Documents of a case: letters, leases, proofs, in one category each, in versions never replaced.

A version is *quarantined* until a scanner says *clean*; *infected* is never served. Where no
scanner is configured the operator may let quarantined versions be served: they are then shown as
*unscanned*. Sources: security.md case 17 and §5.5; features F25.
"""
