"""Handovers: another reference worker takes the case over once they accept (F07 to F09, F11).

Glossary: handover (passation, overdracht); package (what the receiver looks through and ticks);
worker request (the household asks for another reference worker).
"""
