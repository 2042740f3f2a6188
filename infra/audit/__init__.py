"""The proof that the journals are as they were: anchors outside the database, and the check."""
