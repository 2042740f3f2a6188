"""Consent: what the household agreed to, and the one access rule that follows from it.

Purpose: record who may see which categories, for what and until when; keep `access_grants`, the
rows that every read joins (design §4). The rule is written once, in `access.sql`.
Glossary: consent (one act of the household, with its evidence); provision (permits or denies
categories to a person, an organisation or a role); grant (what a professional may see of a case,
in a period: derived, never edited); basis (reference, participation, substitute,
liaison or break-glass);
break-glass (bris de glace, noodtoegang): one case, an hour, read-only, in an emergency, reviewed.
Source: GDPR arts. 6, 7 and 9; shared professional secrecy (Criminal Code art. 458): consent to
lift secrecy and the GDPR ground are two things.
"""
