"""Who lives there, and where: changed by the reference worker."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from services.households.model import Household, Member, Tenancy, require_adult
from services.shared.actor import Actor
from services.shared.errors import Conflict
from services.shared.loading import load_of, require_version
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
    household = uow.session.scalars(select(Household).where(Household.case_id == case_id)).one()
    member = Member(
        case_id=case_id,
        household_id=household.id,
        role=new.role,
        pseudonym=new.pseudonym,
        family_name=new.family_name,
        given_name=new.given_name,
        birth_date=new.birth_date,
        joined_on=new.joined_on or uow.today(),
    )
    uow.session.add(member)
    uow.session.flush()
    after = {"role": member.role, "joined_on": member.joined_on, "version": member.version}
    uow.record("add_member", member, actor=actor, case_id=case_id, after=after)
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
        case_id=case_id,
        before=before,
        after={"version": tenancy.version},
    )
    return tenancy


def require_adult_of(member_id: UUID | None, case_id: UUID, *, uow: UnitOfWork) -> None:
    """For whom alone something may be: an adult of that household. NotFound for anybody else's."""
    if member_id is not None:
        require_adult(load_of(Member, member_id, case_id, uow=uow))
