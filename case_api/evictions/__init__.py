"""HTTP for eviction procedures: acts, deadlines, hearings, and what the liaison posts."""
