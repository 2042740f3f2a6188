"""HTTP for hearing lists.

Glossary and legal source stand in `services/evictions/hearing_lists`.
"""
