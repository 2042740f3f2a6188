"""HTTP for hearings, their roster and postings.

Glossary and legal source stand in `services/evictions/hearings`.
"""
