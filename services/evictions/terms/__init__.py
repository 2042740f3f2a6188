"""What a judgment or a payment plan orders, and the ledger of arrears."""
