"""The household in its case: members join, leave, return, are corrected, or split off (F01).

Glossary: split (scission, afsplitsing: a new file that nothing links to the old one); sealed
contacts (coordonnées protégées, beschermde gegevens: where a member can be reached safely).
"""
