"""HTTP for terms and arrears.

Glossary and legal source stand in `services/evictions/terms`.
"""
