"""How an act reaches its addressee, and from when a delay that runs on receipt counts. Pure.

Legal source: C. jud. art. 32, 53bis and 57. The mode that was used decides, not the one that was
prescribed (Cass. 17 June 2011, D.10.0013.N).
"""

from datetime import date, timedelta
from enum import StrEnum

from services.evictions.law.calendar import Calendar
from services.evictions.law.deadlines import Step

_DAY = timedelta(days=1)
# Art. 53bis, 2°: from the third working day after the letter was handed to the post.
_POSTED_WORKING_DAYS = 3
_ARTICLE = "C. jud. art. 53bis, 2°"


class Delivery(StrEnum):
    """The mode in which an act was brought to the addressee."""

    SERVICE = "service"  # signification by a bailiff, to the person or at the domicile (art. 32)
    JUDICIAL_LETTER = "judicial_letter"  # pli judiciaire (art. 46)
    REGISTERED_WITH_RECEIPT = "registered_with_receipt"
    REGISTERED = "registered"
    ORDINARY = "ordinary"
    ELECTRONIC = "electronic"
    BY_HAND = "by_hand"


_POSTED = frozenset({Delivery.REGISTERED, Delivery.ORDINARY})
# A letter, whoever sent it, is no service by a bailiff (C. jud. art. 32 and 57).
LETTERS = _POSTED | {Delivery.REGISTERED_WITH_RECEIPT, Delivery.JUDICIAL_LETTER}


def counted_from(
    acted_on: date, received_on: date | None, delivery: Delivery | None, calendar: Calendar
) -> tuple[date, Step | None]:
    """The day whose morrow is day 1 of the delay, with the step that explains it if it is presumed.

    A day of receipt that is known counts. Without one, a posted letter counts as presented on the
    day before the third working day after posting; anything else counts as received the day it was
    done, which is the cautious reading.
    """
    if received_on is not None:
        return received_on, None
    if delivery not in _POSTED:
        return acted_on, None
    first = calendar.working_days_after(acted_on, _POSTED_WORKING_DAYS)
    parts = (("date", first), ("of", acted_on))
    return first - _DAY, Step("presumed_received", first, _ARTICLE, parts)
