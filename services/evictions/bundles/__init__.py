"""The defence bundle of a procedure: a checklist, its pieces, the frozen file for the court.

Glossary (FR / NL): defence bundle (dossier de défense / verdedigingsbundel), piece (pièce / stuk),
inventory (inventaire / inventaris), tick: a document is there for an item, or none is and why.

It has no legal source of its own: what a defence needs is data, by regime, in `rules/bundle.toml`.
"""
