"""HTTP for legal dates: the board, and dates people put themselves.

Glossary and legal source stand in `services/evictions/dates`.
"""
