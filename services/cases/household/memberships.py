"""Members of the household who leave, come back or are corrected, and what follows in the case."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from services.consent import policy
from services.consent.commands import end_consents_of_member
from services.consent.queries import access_to
from services.households import memberships
from services.households.commands import NewMember
from services.households.model import Member
from services.households.sealed_contacts import SealedContacts
from services.shared.actor import Actor
from services.shared.loading import load_of, require_version
from services.shared.unit_of_work import UnitOfWork


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
    policy.require_reference_worker(access_to(case_id, uow=uow))
    memberships.hold(case_id, uow=uow)
    member = load_of(Member, member_id, case_id, uow=uow, lock=True)
    require_version(member, version)
    if member.role == "adult" and member.left_on is None and not goes_on:
        memberships.require_adult_stays(case_id, {member.id}, uow=uow)
    leave(member, day, actor=actor, uow=uow)
    return member


def leave(member: Member, day: date, *, actor: Actor, uow: UnitOfWork) -> None:
    """What only the leaver had agreed to ends; where they can be reached safely is forgotten here.

    Those who stay may be whom they are not safe from.
    """
    memberships.leave(member, day, actor=actor, uow=uow)
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
    uow.record(
        "empty_compartment", row, actor=actor, case_id=member.case_id, before=before, after=after
    )


def come_back(
    case_id: UUID, member_id: UUID, joined_on: date, *, actor: Actor, uow: UnitOfWork
) -> Member:
    """The same person, from another day; what they had agreed to before is asked anew."""
    policy.require_reference_worker(access_to(case_id, uow=uow))
    memberships.hold(case_id, uow=uow)
    member = memberships.come_back(case_id, member_id, joined_on, actor=actor, uow=uow)
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
    policy.require_reference_worker(access_to(case_id, uow=uow))
    memberships.hold(case_id, uow=uow)
    member = memberships.correct(case_id, member_id, now, version=version, actor=actor, uow=uow)
    return member
