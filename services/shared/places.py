"""Postal codes as people write them."""

import re

# "B-4000", "BE 4000", "4000 Liège"; not the five digits of another country.
_WRITTEN = re.compile(r"\s*(?:BE?[\s-]*)?([1-9][0-9]{3})(?![0-9])", re.IGNORECASE | re.ASCII)


def tidy_postal_code(written: str | None) -> str | None:
    """The four digits of a Belgian postal code; None without one, or for one that is not Belgian.

    Whether any commune has it is another question.
    """
    found = _WRITTEN.match(written or "")
    return found.group(1) if found else None
