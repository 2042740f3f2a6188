"""What the workers ask of mobile numbers: which one an SMS goes to, and whose code is to be sent.

A code has no ledger of its own: whoever does not get it asks for another. It comes at least once,
until it is over, under the id of its row.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select, update

from notifications.backoff import delay
from notifications.mobile.model import MobileNumber
from services.network.model import Professional
from services.shared.unit_of_work import UnitOfWork

# Whoever took a code and died with it leaves it to the others after that.
CODE_LEASE = timedelta(seconds=30)
# A number that nobody proved is forgotten.
UNPROVED = timedelta(days=1)
_NO_SYNC = {"synchronize_session": False}


@dataclass(frozen=True, kw_only=True)
class SealedNumber:
    id: UUID
    sealed: bytes
    key_id: str


@dataclass(frozen=True, kw_only=True)
class CodeToSend:
    number: SealedNumber
    code_sealed: bytes
    attempts: int
    language: str | None


def numbers_of(people: Iterable[UUID], *, uow: UnitOfWork) -> dict[UUID, SealedNumber]:
    """Verified mobile numbers of these people."""
    asked = select(
        MobileNumber.professional_id, MobileNumber.id, MobileNumber.sealed, MobileNumber.key_id
    ).where(MobileNumber.professional_id.in_(list(people)), MobileNumber.verified_at.is_not(None))
    return {
        row.professional_id: SealedNumber(id=row.id, sealed=row.sealed, key_id=row.key_id)
        for row in uow.session.execute(asked)
    }


def having_one(people: Iterable[UUID], *, uow: UnitOfWork) -> set[UUID]:
    """Which of these proved a number."""
    asked = select(MobileNumber.professional_id).where(
        MobileNumber.professional_id.in_(list(people)), MobileNumber.verified_at.is_not(None)
    )
    return set(uow.session.scalars(asked))


def claim_code(*, uow: UnitOfWork) -> CodeToSend | None:
    """The one that has waited longest, as long as it is any use."""
    due = (
        select(MobileNumber.id)
        .where(MobileNumber.code_due_at <= uow.now(), MobileNumber.code_valid_until > uow.now())
        .order_by(MobileNumber.code_due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(MobileNumber)
        .where(MobileNumber.id == due.scalar_subquery())
        .values(code_due_at=uow.now() + CODE_LEASE, code_attempts=MobileNumber.code_attempts + 1)
        .returning(
            MobileNumber.id,
            MobileNumber.sealed,
            MobileNumber.key_id,
            MobileNumber.code_sealed,
            MobileNumber.code_attempts,
            MobileNumber.professional_id,
        )
    )
    row = uow.session.execute(taken, execution_options=_NO_SYNC).one_or_none()
    if row is None or row.code_sealed is None:
        return None
    spoken = select(Professional.language).where(Professional.id == row.professional_id)
    return CodeToSend(
        number=SealedNumber(id=row.id, sealed=row.sealed, key_id=row.key_id),
        code_sealed=row.code_sealed,
        attempts=row.code_attempts,
        language=uow.session.scalar(spoken),
    )


def finish_code(code: CodeToSend, *, again: bool, uow: UnitOfWork) -> None:
    """It left, or will never; or it is tried again a little later."""
    due = uow.now() + delay(code.attempts) if again else None
    ended = update(MobileNumber).where(
        MobileNumber.id == code.number.id, MobileNumber.code_due_at.is_not(None)
    )
    uow.session.execute(ended.values(code_due_at=due), execution_options=_NO_SYNC)


def forget_numbers(*, uow: UnitOfWork) -> int:
    """Forget numbers that nobody proved, and those of closed accounts. For the timetable."""
    gone = select(Professional.id).where(Professional.active.is_(False))
    unproved = MobileNumber.verified_at.is_(None) & (MobileNumber.given_at <= uow.now() - UNPROVED)
    forgotten = (
        delete(MobileNumber)
        .where(or_(unproved, MobileNumber.professional_id.in_(gone)))
        .returning(MobileNumber.id)
    )
    return len(uow.session.execute(forgotten, execution_options=_NO_SYNC).all())
