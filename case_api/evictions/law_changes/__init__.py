"""HTTP for changes of the law as data.

Glossary and legal source stand in `services/evictions/law_changes`.
"""
