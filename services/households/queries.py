"""What other features ask about a dwelling."""

from uuid import UUID

from sqlalchemy import select

from services.households.model import Tenancy
from services.shared.unit_of_work import UnitOfWork


def dwelling(case_id: UUID, *, uow: UnitOfWork) -> tuple[str | None, str | None]:
    """Its postal code and the kind of lease, as far as they are known and open to the reader."""
    found = select(Tenancy.postal_code, Tenancy.lease_kind).where(Tenancy.case_id == case_id)
    row = uow.session.execute(found).one_or_none()
    return (row[0], row[1]) if row else (None, None)
