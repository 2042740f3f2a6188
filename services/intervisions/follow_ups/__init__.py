"""What a session leaves to do, until it is closed, and the needs that sessions find.

Glossary: the owner does a follow-up; the carry-over puts open ones on the next agenda; snoozing
puts one off; a need is a tag of the vocabulary in needs.toml (docs/decisions/0044).
"""
