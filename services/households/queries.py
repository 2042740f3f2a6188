"""What other features ask about a household: where it lives, and whether a member is an adult."""

from uuid import UUID

from sqlalchemy import select

from services.households.model import Member, Tenancy, require_adult
from services.shared.loading import load_of
from services.shared.unit_of_work import UnitOfWork


def dwelling(case_id: UUID, *, uow: UnitOfWork) -> tuple[str | None, str | None]:
    """The postal code and the kind of lease, as far as they are known and open to the reader."""
    found = select(Tenancy.postal_code, Tenancy.lease_kind).where(Tenancy.case_id == case_id)
    row = uow.session.execute(found).one_or_none()
    return (row[0], row[1]) if row else (None, None)


def require_adult_of(member_id: UUID | None, case_id: UUID, *, uow: UnitOfWork) -> None:
    """RuleBroken unless `member_id` is an adult of that household, for whom alone something may be.

    None passes; NotFound for a member of another case.
    """
    if member_id is not None:
        require_adult(load_of(Member, member_id, case_id, uow=uow))
