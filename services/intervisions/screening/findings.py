"""What may be found in a text that is to leave its case."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a finding would tell."""

    NAME = "name"
    ADDRESS = "address"
    PLACE = "place"
    PHONE = "phone"
    EMAIL = "email"
    NATIONAL_NUMBER = "national_number"
    BANK_ACCOUNT = "bank_account"
    PLATE = "plate"
    DATE = "date"
    CASE_CODE = "case_code"
    DOCUMENT = "document"
    PROFESSIONAL = "professional"
    ORGANISATION = "organisation"


@dataclass(frozen=True, order=True)
class Finding:
    """A stretch of text, from the sign `start` up to `end`, which is the first one after it."""

    start: int
    end: int
    kind: Kind


def merged(found: list[Finding]) -> list[Finding]:
    """Findings in the order of the text; overlapping ones become one, of the longest's kind."""
    kept: list[Finding] = []
    for each in sorted(found):
        last = kept[-1] if kept else None
        if last is None or each.start >= last.end:
            kept.append(each)
            continue
        longer = each if each.end - each.start > last.end - last.start else last
        kept[-1] = Finding(last.start, max(last.end, each.end), longer.kind)
    return kept
