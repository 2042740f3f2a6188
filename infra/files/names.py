"""The name a person gave a file: shown, never used as a path."""

import re
import unicodedata
from urllib.parse import quote

MAX_NAME = 150
FALLBACK = "document"


def shown_name(given: str) -> str:
    """The last part of the name, without what cannot be seen or turns the reading direction."""
    last = re.split(r"[/\\]", given)[-1]
    # Cc, Cf, Cs, Co, Cn: controls, direction marks, halves of characters, unassigned.
    seen = "".join(c for c in last if unicodedata.category(c)[0] != "C")
    name = unicodedata.normalize("NFC", " ".join(seen.split())).lstrip(". ")
    if len(name) > MAX_NAME:
        name = name[: MAX_NAME - 12] + name[-12:]
    return name or FALLBACK


def extension(name: str) -> str:
    """What follows the last dot, in lower case; empty without one."""
    _, dot, end = name.rpartition(".")
    return end.strip().lower() if dot else ""


def disposition(name: str) -> str:
    """`Content-Disposition: attachment` (RFC 6266 §4.3): an ASCII name, and the true one."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    fallback = re.sub(r"[^A-Za-z0-9._-]+", "_", plain).strip("._") or FALLBACK
    return f"attachment; filename=\"{fallback}\"; filename*=UTF-8''{quote(name, safe='')}"
