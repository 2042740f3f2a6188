"""Evictions: legal dates a family and its team can rely on, and why each date is what it is.

Glossary (FR / NL): formal notice (mise en demeure / ingebrekestelling), petition (requête /
verzoekschrift), hearing (audience / zitting), judgment (jugement / vonnis), service
(signification / betekening), eviction (expulsion / uithuiszetting), winter moratorium
(moratoire hivernal / winterstop), legal holiday (jour férié légal / wettelijke feestdag).

Legal sources: Code judiciaire (C. jud.) art. 48-57; Code civil (C. civ.) art. 1.7; Code bruxellois
du Logement (CBL) art. 233bis-233terdecies, inserted by the ordinance of 22 June 2023; royal decree
of 18 April 1974 art. 1 (legal holidays). Delays are data in `law/rules/*.toml`; arithmetic is in
`law/deadlines.py`. Nothing here is legal advice: a tenant-law partner confirms a rule set before
use.
"""
