"""Lists of hearings that a liaison uploads, matched against the procedures of their cantons.

Glossary (FR / NL): hearing list (rôle d'audience / zittingsrol), roll number (numéro de rôle /
rolnummer), liaison: a professional who reports dates from the court.

It has no legal source of its own. The rows are about strangers, so they go after two days.
"""
