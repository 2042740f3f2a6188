"""HTTP for procedures and their acts.

Glossary and legal source stand in `services/evictions/procedures`.
"""
