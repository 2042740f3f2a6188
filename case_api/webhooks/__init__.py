"""HTTP for the webhooks of an organisation; every operation is its administrators'."""
