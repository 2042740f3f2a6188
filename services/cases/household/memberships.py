"""Members of the household who leave, come back or are corrected, and what follows in the case.

Each change holds the household: of two members who leave at once the second sees the first gone.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from services.cases.household.commands import NewMember
from services.consent import policy
from services.consent.commands import end_consents_of_member
from services.consent.queries import access_to
from services.households.model import Household, Member
from services.households.sealed_contacts import SealedContacts
from services.shared.actor import Actor
from services.shared.errors import Conflict, RuleBroken
from services.shared.loading import load_of, require_version, still_there
from services.shared.unit_of_work import UnitOfWork


def hold_household(case_id: UUID, *, uow: UnitOfWork) -> Household:
    """The household of a case, locked, for its reference worker. Refused to anybody else."""
    policy.require_reference_worker(access_to(case_id, uow=uow))
    found = select(Household).where(Household.case_id == case_id).with_for_update()
    return still_there(uow.session.scalars(found))


def present(case_id: UUID, *, uow: UnitOfWork) -> Sequence[Member]:
    """Who lives there now."""
    there = select(Member).where(Member.case_id == case_id, Member.left_on.is_(None))
    return uow.session.scalars(there.execution_options(populate_existing=True)).all()


def require_adult_stays(case_id: UUID, leaving: set[UUID], *, uow: UnitOfWork) -> None:
    """Nobody would be left to speak for the household: RuleBroken."""
    staying = [m for m in present(case_id, uow=uow) if m.id not in leaving]
    if not any(m.role == "adult" for m in staying):
        raise RuleBroken("last-adult")


def end_membership(
    case_id: UUID,
    member_id: UUID,
    day: date,
    *,
    goes_on: bool = False,
    version: int,
    actor: Actor,
    uow: UnitOfWork,
) -> Member:
    """The last adult leaves only if the reference worker says that the case goes on without."""
    hold_household(case_id, uow=uow)
    member = load_of(Member, member_id, case_id, uow=uow, lock=True)
    require_version(member, version)
    if member.role == "adult" and member.left_on is None and not goes_on:
        require_adult_stays(case_id, {member.id}, uow=uow)
    leave(member, day, actor=actor, uow=uow)
    return member


def leave(member: Member, day: date, *, actor: Actor, uow: UnitOfWork) -> None:
    """The membership ends; the row stays, with its days.

    What only the leaver had agreed to ends, and where they can be reached safely is forgotten:
    those who stay may be whom they are not safe from.
    """
    if day > uow.today():
        raise RuleBroken("day-in-the-future")
    before = {"left_on": member.left_on, "version": member.version}
    member.leave(day)
    uow.session.flush()
    uow.record(
        "end_membership",
        member,
        actor=actor,
        before=before,
        after={"left_on": member.left_on, "version": member.version},
    )
    end_consents_of_member(member, actor=actor, uow=uow)
    _empty_compartment(member, actor=actor, uow=uow)


def _empty_compartment(member: Member, *, actor: Actor, uow: UnitOfWork) -> None:
    held = select(SealedContacts).where(SealedContacts.member_id == member.id).with_for_update()
    row = uow.session.scalars(held).one_or_none()
    if row is None or row.key_id is None:
        return
    before = {"key": row.key_id, "version": row.version}
    row.empty()
    row.recorded_at, row.recorded_by = uow.now(), actor.id
    uow.session.flush()
    after = {"member": member.id, "key": None, "version": row.version}
    uow.record("empty_compartment", row, actor=actor, before=before, after=after)


def come_back(
    case_id: UUID, member_id: UUID, joined_on: date, *, actor: Actor, uow: UnitOfWork
) -> Member:
    """A new membership of the same person, with days of its own; the earlier one stays.

    What they had agreed to before is asked anew.
    """
    hold_household(case_id, uow=uow)
    earlier = load_of(Member, member_id, case_id, uow=uow)
    if joined_on > uow.today():
        raise RuleBroken("day-in-the-future")
    if any(each.person_id == earlier.person_id for each in present(case_id, uow=uow)):
        raise Conflict("member-still-there")
    last = select(Member.left_on).where(Member.person_id == earlier.person_id)
    if any(left_on is not None and joined_on < left_on for left_on in uow.session.scalars(last)):
        raise RuleBroken("returned-before-leaving")
    member = Member(
        case_id=case_id,
        household_id=earlier.household_id,
        person_id=earlier.person_id,
        joined_on=joined_on,
        **earlier.described(),
    )
    uow.session.add(member)
    uow.session.flush()
    after = {"person": member.person_id, "joined_on": joined_on, "version": member.version}
    uow.record("return_member", member, actor=actor, after=after)
    return member


def correct_member(
    case_id: UUID,
    member_id: UUID,
    now: NewMember,
    *,
    version: int,
    actor: Actor,
    uow: UnitOfWork,
) -> Member:
    """Correct what was written down wrong, or has changed with age; what is not given is emptied.

    The journal keeps days, role and which fields changed: never a name or a date of birth.
    """
    hold_household(case_id, uow=uow)
    member = load_of(Member, member_id, case_id, uow=uow, lock=True)
    require_version(member, version)
    was_adult = member.role == "adult" and member.left_on is None
    if was_adult and now.role != "adult":
        require_adult_stays(case_id, {member.id}, uow=uow)
    wanted = vars(now) | {"joined_on": now.joined_on or member.joined_on}
    changed = [name for name, value in wanted.items() if getattr(member, name) != value]
    before = {"role": member.role, "joined_on": member.joined_on, "version": member.version}
    member.correct(wanted)
    uow.session.flush()
    after = {"role": member.role, "joined_on": member.joined_on, "version": member.version}
    uow.record(
        "correct_member",
        member,
        actor=actor,
        before=before,
        after={**after, "changed": changed},
    )
    return member
