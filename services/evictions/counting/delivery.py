"""How an act reaches its addressee, and from when a delay that runs on receipt counts. Pure.

Legal source: C. jud. art. 32, 53bis and 57. The mode that was used decides, not the one that was
prescribed (Cass. 17 June 2011, D.10.0013.N). For the Council of State: AR 23 August 1948 art. 4.
"""

from datetime import date, timedelta
from enum import StrEnum

from services.evictions.counting.arithmetic import CountedBy, Counting, Unit
from services.evictions.counting.calendar import Calendar
from services.evictions.counting.deadlines import Deadline, Step, compute
from services.evictions.counting.wording import DaysOff

_DAY = timedelta(days=1)
# Art. 53bis, 2°: from the third working day after the letter was handed to the post.
_POSTED_WORKING_DAYS = 3
_ARTICLE = "C. jud. art. 53bis, 2°"
_CIVIL = "C. civ. art. 1.7"
_OF_THE_COUNCIL = "AR 23 August 1948 art. 4, §2"


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
# Handed over or sent by wire: no day of posting came before.
_NEVER_POSTED = frozenset({Delivery.SERVICE, Delivery.ELECTRONIC, Delivery.BY_HAND})


def counted_from(
    acted_on: date,
    received_on: date | None,
    delivery: Delivery | None,
    calendar: Calendar,
    law: CountedBy | None = None,
) -> tuple[date, tuple[Step, ...]]:
    """The day whose morrow is day 1 of the delay, with the steps that explain it if it is presumed.

    A day of receipt that is known counts. Without one, a posted letter counts as presented on the
    day before the third working day after posting; anything else counts as received the day it was
    done, which is the cautious reading.
    """
    if received_on is not None:
        return received_on, ()
    if delivery not in _POSTED:
        return acted_on, ()
    first = calendar.working_days_after(acted_on, _POSTED_WORKING_DAYS)
    article = _OF_THE_COUNCIL if law is CountedBy.COUNCIL else _ARTICLE
    presumed = Step("presumed_received", first, article, (("date", first), ("of", acted_on)))
    if (first - acted_on).days == _POSTED_WORKING_DAYS:
        return first - _DAY, (presumed,)
    off = DaysOff(acted_on + _DAY, first, calendar)
    return first - _DAY, (presumed, Step("skipped", None, _CIVIL, (("skipped", off),)))


def from_posting(
    deadline: Deadline,
    posted: tuple[date, Delivery | None],
    delay: tuple[int, Unit],
    article: str,
    calendar: Calendar,
) -> Deadline:
    """The deadline with the reading that starts it on the first working day after posting.

    It holds whenever the letter was received; what was handed over was never posted.
    """
    day, delivery = posted
    if delivery in _NEVER_POSTED:
        return deadline
    first = calendar.next_working_day(day + _DAY)
    last = compute(first, *delay, Counting.FROM_FIRST_DAY, calendar=calendar).date
    parts = (("date", last), ("of", first))
    return deadline.also(Step("reading_from_posting", last, article, parts))
