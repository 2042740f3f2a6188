"""Markers: texts that stand for what a household told, and that nothing else looks like.

Whatever a test writes down about a family can be such a text. Wherever one turns up that is no
answer to somebody entitled, something leaked (tests/guards/leaks.py).
"""

import re

# Also those that single tests made up before there was one form.
PATTERN = re.compile(r"Kn\d{2,4}[a-z]{1,5}q|Marker-[0-9a-z][0-9a-z-]+|Canari-\d{4}")


def canary(number: int, what: str) -> str:
    """At most ten characters, so that it fits in a postal code."""
    return f"Kn{number:02d}{what[:5]}q"
