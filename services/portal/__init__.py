"""The household's own view: what an adult of the household sees, decides and asks by themselves.

Purpose: the people a file is about read what is kept, who could read it and who did, say yes and
no, and ask for corrections, without going through a professional (docs/decisions/0016).
Glossary: portal (espace du ménage, gezinsruimte); one-time code; compartment (what is for one adult
of the household alone); request (a correction or a question, with a time limit).
Source: GDPR arts. 7(3), 12(3), 13 to 16, 20.
"""
