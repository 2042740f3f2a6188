"""Who lives there, and where: changed by the reference worker of the case."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from services.consent import policy
from services.consent.queries import access_to
from services.households.model import Household, Member, Tenancy
from services.shared.actor import Actor
from services.shared.errors import Conflict
from services.shared.loading import require_version, still_there
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class NewMember:
    role: str
    pseudonym: str
    family_name: str | None = None
    given_name: str | None = None
    birth_date: date | None = None
    joined_on: date | None = None


def add_member(case_id: UUID, new: NewMember, *, actor: Actor, uow: UnitOfWork) -> Member:
    """The reference worker adds a member to a household that is there already."""
    policy.require_reference_worker(access_to(case_id, uow=uow))
    found = select(Household).where(Household.case_id == case_id)
    household = still_there(uow.session.scalars(found))
    return put_in(household, new, actor=actor, uow=uow)


def put_in(household: Household, new: NewMember, *, actor: Actor, uow: UnitOfWork) -> Member:
    """Write a new member of a household that the caller may change."""
    member = Member(
        case_id=household.case_id,
        household_id=household.id,
        **vars(new) | {"joined_on": new.joined_on or uow.today()},
    )
    uow.session.add(member)
    uow.session.flush()
    after = {"role": member.role, "joined_on": member.joined_on, "version": member.version}
    uow.record("add_member", member, actor=actor, after=after)
    return member


@dataclass(frozen=True, kw_only=True)
class RecordTenancy:
    """Amounts in euros; arrears in months of rent."""

    address: str | None = None
    postal_code: str | None = None
    landlord: str | None = None
    lease_kind: str
    rent_eur: Decimal | None = None
    months_of_arrears: Decimal | None = None
    started_on: date | None = None


def record_tenancy(
    case_id: UUID, cmd: RecordTenancy, *, version: int | None, actor: Actor, uow: UnitOfWork
) -> Tenancy:
    """The first recording needs no version; every later one names the version it replaces."""
    policy.require_reference_worker(access_to(case_id, uow=uow))
    found = select(Tenancy).where(Tenancy.case_id == case_id).with_for_update()
    tenancy = uow.session.scalars(found).one_or_none()
    before = None
    if tenancy is None:
        tenancy = Tenancy(case_id=case_id, **vars(cmd))
        uow.session.add(tenancy)
    elif version is None:
        raise Conflict("tenancy-already-recorded")
    else:
        require_version(tenancy, version)
        before = {"version": tenancy.version}
        for name, value in vars(cmd).items():
            setattr(tenancy, name, value)
    uow.session.flush()
    uow.record(
        "record_tenancy",
        tenancy,
        actor=actor,
        before=before,
        after={"version": tenancy.version},
    )
    return tenancy
