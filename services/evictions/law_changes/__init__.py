"""A network changes the law as data, and every running date follows.

Glossary: change, a version of a rule set, a norm altered or disabled, a holiday added or removed;
preview, what a change would move; recomputation, every running date compared, then written.

Legal source: none of its own; a change names its reason (docs/decisions/0025 and 0031).
"""
