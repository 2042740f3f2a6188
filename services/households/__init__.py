"""Households: the people who live together, and the home they may lose.

Purpose: hold who is in the household over time, pseudonymous where they wish it, and the tenancy.
Glossary: household (ménage, huishouden); member (with the dates of joining and leaving); tenancy
(bail, huur): the dwelling, the landlord as a neutral party, rent in euros.
"""
