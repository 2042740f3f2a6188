"""HTTP for defence bundles.

Glossary and legal source stand in `services/evictions/bundles`.
"""
