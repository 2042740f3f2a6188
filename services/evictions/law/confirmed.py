"""Which rule sets a lawyer of the network confirms, as they are now."""

from sqlalchemy import select

from services.evictions.law import rulesets
from services.evictions.law.model import RuleSetConfirmation
from services.shared.unit_of_work import UnitOfWork

# Under which a unit of work keeps what is confirmed.
CONFIRMED = "confirmed rule sets"
Version = tuple[str, int]


def confirmed_versions(*, uow: UnitOfWork) -> frozenset[Version]:
    """Code and number of each version that somebody confirmed as it is. Read once."""
    return uow.once(CONFIRMED, lambda: frozenset(map(version_of, _holding(uow))))


def holds(confirmation: RuleSetConfirmation) -> bool:
    """Neither taken back nor overtaken: by a change of the network, or by another release."""
    return (
        confirmation.withdrawn_at is None
        and confirmation.lapsed_at is None
        and confirmation.law_text == rulesets.fingerprint(confirmation.rule_set)
    )


def version_of(confirmation: RuleSetConfirmation) -> Version:
    return confirmation.rule_set, confirmation.number


def _holding(uow: UnitOfWork) -> list[RuleSetConfirmation]:
    standing = RuleSetConfirmation.withdrawn_at.is_(None)
    return [
        each
        for each in uow.session.scalars(select(RuleSetConfirmation).where(standing))
        if holds(each)
    ]
