"""HTTP for the journals: who read and changed a case, and who read unusually much."""
