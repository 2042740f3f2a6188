"""The ledger of erasures and withdrawals: a file outside the database."""
