"""Cases: the shared file of a household, its reference worker, team, notes and tasks.

Purpose: one file across organisations under an opaque code, with exactly one reference worker at
every instant, handed over only when the receiver accepts.
Glossary: case (dossier partagé, gedeeld dossier); reference worker (intervenant de référence,
referentiehulpverlener); team (the professionals who take part, each with role, reason, period and
acceptance); handover (proposed, then accepted or declined); note (amended, never overwritten).
"""
