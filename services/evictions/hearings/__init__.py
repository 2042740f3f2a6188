"""Hearings, their endings and results, who goes along, and postings by the liaison."""
