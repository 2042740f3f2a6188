"""How a hearing may end before its hour without another date."""

from enum import StrEnum


class CallOffReason(StrEnum):
    """Why a hearing ahead does not take place and has no other date, in the Judicial Code's terms.

    Settled before the judge (arts. 731, 1043), withdrawn by the claimant (arts. 820-826), removed
    from the roll with the parties' consent (radiation, art. 730 § 1: the instance is over) or left
    out of it (omission, § 2: it may return), put off without a day (sine die).
    """

    SETTLED = "settled"
    WITHDRAWN = "withdrawn"
    STRUCK_FROM_ROLL = "struck_from_roll"
    OMITTED_FROM_ROLL = "omitted_from_roll"
    ADJOURNED_SINE_DIE = "adjourned_sine_die"
    RECORDED_BY_MISTAKE = "recorded_by_mistake"


# For the constraints of the tables that hold one.
CALL_OFF_REASONS = ", ".join(repr(reason.value) for reason in CallOffReason)
