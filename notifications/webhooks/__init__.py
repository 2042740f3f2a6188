"""Signed webhooks: an organisation's own system hears what its people hear, by code and link.

Endpoint: an https address that an administrator of the organisation registered. Delivery: one alert
to one endpoint, at most one row for ever. Dead letter: a delivery that was given up, until somebody
sends it again. Sources: Standard Webhooks 1.0, CloudEvents 1.0.2 (docs/decisions/0035).
"""
