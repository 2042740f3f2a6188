"""HTTP for cases: the file, its household, team, handovers, notes and tasks."""
