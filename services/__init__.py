"""The domain: records, rules and use cases. Knows no web framework, queue or mail."""
