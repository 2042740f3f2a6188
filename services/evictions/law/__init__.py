"""Norms as data, and the arithmetic of legal periods. Pure.

Glossary (FR / NL): rule set, the norms of one regime and version; norm, what carries a source and a
certainty; act (acte / akte); moratorium (moratoire / winterstop); duty, what the law asks without a
delay that could be computed.

Legal source: C. jud. art. 48-57; C. civ. art. 1.7; each norm in `rules/*.toml` names its own.
"""
