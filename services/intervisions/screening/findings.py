"""What may be found in a text that is to leave its case."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
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
    """The words from `start` to `end` (the first that is no longer meant) of the text."""

    start: int
    end: int
    kind: Kind


def merged(found: list[Finding]) -> list[Finding]:
    """In the order of the text; what overlaps is one finding, of the kind of the longest part."""
    kept: list[Finding] = []
    for each in sorted(found):
        last = kept[-1] if kept else None
        if last is None or each.start >= last.end:
            kept.append(each)
            continue
        longer = each if each.end - each.start > last.end - last.start else last
        kept[-1] = Finding(last.start, max(last.end, each.end), longer.kind)
    return kept
