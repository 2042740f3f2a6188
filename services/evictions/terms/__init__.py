"""What a judgment or a payment plan orders, whether it is kept, and the ledger of arrears.

Glossary (FR / NL): term, what must be kept for the home to stay (terme / termijn); payment plan
(plan d'apurement / afbetalingsplan), instalment (échéance / vervaldag), arrears (arriérés /
achterstallen).

Its legal source is each judgment or agreement itself (docs/decisions/0023).
"""
