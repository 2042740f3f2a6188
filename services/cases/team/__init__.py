"""The team of a case: invitations, places, exclusions, and workers who leave (F10).

Glossary: participation or place (participation, deelname: one professional in one case);
exclusion (exclusion, uitsluiting: the household refuses somebody).
"""
