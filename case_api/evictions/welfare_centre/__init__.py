"""HTTP for telling the public welfare centre.

Glossary and legal source stand in `services/evictions/welfare_centre`.
"""
