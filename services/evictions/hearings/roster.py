"""The roster of a hearing: asked, confirmed by the person themselves, alarm if nobody did (F40)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified

from services.cases.model import ReferenceAssignment
from services.cases.tasks.commands import require_reader
from services.consent.exclusions import require_not_excluded
from services.consent.policy import Access, require_reference_worker
from services.consent.queries import access_to
from services.evictions.hearings import invitations, roster_alerts
from services.evictions.hearings.invitations import Invitee
from services.evictions.hearings.model import Hearing, HearingState, require_future
from services.evictions.hearings.roster_model import (
    OPEN_STATES,
    Accompaniment,
    RosterRole,
    RosterState,
)
from services.evictions.law.in_force import held_law
from services.evictions.policy import require_recorder
from services.shared import alerts
from services.shared.actor import Actor
from services.shared.alerts import RecipientRole
from services.shared.categories import Category
from services.shared.errors import Conflict, Refused, RuleBroken
from services.shared.loading import load, lock, require_version
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class AskAlong:
    """Somebody of the team, or (`outside`) somebody who is not in Maillage, by name."""

    hearing_id: UUID
    role: RosterRole
    professional_id: UUID | None = None
    outside: str | None = None


def ask_along(cmd: AskAlong, *, actor: Actor, uow: UnitOfWork) -> Accompaniment:
    """Asked only: the alarm stays planned until somebody confirms."""
    hearing = load(Hearing, cmd.hearing_id, uow=uow)
    require_recorder(access_to(hearing.case_id, uow=uow))
    if (cmd.professional_id is None) == (cmd.outside is None):
        raise RuleBroken("accompaniment-needs-one-person")
    if cmd.professional_id is not None:
        require_not_excluded(cmd.professional_id, hearing.case_id, uow=uow)
        require_reader(cmd.professional_id, hearing.case_id, Category.PROCEDURE, uow=uow)
    lock(hearing, uow=uow)
    _require_ahead(hearing, uow=uow)
    return _ask(cmd, hearing, actor=actor, uow=uow)


def _require_ahead(hearing: Hearing, *, uow: UnitOfWork) -> None:
    if hearing.state != HearingState.SET:
        raise Conflict("hearing-not-set")
    require_future(hearing.starts_at, uow.now())


def _ask(cmd: AskAlong, hearing: Hearing, *, actor: Actor, uow: UnitOfWork) -> Accompaniment:
    place = Accompaniment(
        **vars(cmd),
        case_id=hearing.case_id,
        state=RosterState.ASKED,
        asked_by=actor.id,
        asked_at=uow.now(),
    )
    try:
        with uow.session.begin_nested():
            uow.session.add(place)
    except IntegrityError as already:
        raise Conflict("accompaniment-already-asked") from already
    person = place.professional_id
    if person is not None and person != actor.id:
        alerts.plan([roster_alerts.asked(place, hearing, person, uow.now())], uow=uow)
    after = {"state": place.state, "role": place.role, "professional": person}
    uow.record("ask_along", place, actor=actor, after=after)
    return place


def answer_accompaniment(
    accompaniment_id: UUID, *, comes: bool, version: int, actor: Actor, uow: UnitOfWork
) -> Hearing:
    """A yes by the person themselves; a no by them or the reference worker. For somebody outside,
    by whoever of the team heard it."""
    place = load(Accompaniment, accompaniment_id, uow=uow)
    access = access_to(place.case_id, uow=uow)
    require_recorder(access)
    _require_answerer(place, access, actor, comes=comes)
    hearing = load(Hearing, place.hearing_id, uow=uow)
    lock(hearing, uow=uow)
    lock(place, uow=uow)
    require_version(place, version)
    _require_ahead(hearing, uow=uow)
    before = {"state": place.state, "version": version}
    place.answer(comes=comes, by=actor.id, at=uow.now())
    uow.session.flush()
    _follow_answer(place, hearing, went=before["state"] == RosterState.CONFIRMED, uow=uow)
    _audit("answer_accompaniment", place, before, actor=actor, uow=uow)
    return hearing


def _require_answerer(place: Accompaniment, access: Access, actor: Actor, *, comes: bool) -> None:
    if place.professional_id in (None, actor.id):
        return
    require_reference_worker(access)
    if comes:
        raise Refused("accompaniment-not-mine")


def _follow_answer(place: Accompaniment, hearing: Hearing, *, went: bool, uow: UnitOfWork) -> None:
    """Their reminders and their invitation come and go with their yes; the alarm with the last."""
    if place.professional_id is not None:
        alerts.cancel(hearing.id, recipient_id=place.professional_id, uow=uow)
    if place.state == RosterState.CONFIRMED:
        _touch(hearing, uow=uow)
        welcome(place.professional_id, hearing, uow=uow)
    elif went:
        _touch(hearing, uow=uow)
        release(place.professional_id, hearing, uow=uow)
        if not is_accompanied(hearing.id, uow=uow):
            calendar = held_law(uow=uow).calendar
            alerts.plan(roster_alerts.alarm(hearing, uow.now(), calendar), uow=uow)


def _touch(hearing: Hearing, *, uow: UnitOfWork) -> None:
    """Who goes is part of the hearing: its version rises, and with it the number in calendars."""
    flag_modified(hearing, "state")
    uow.session.flush()


def welcome(person: UUID | None, hearing: Hearing, *, uow: UnitOfWork) -> None:
    """Somebody goes: no alarm; an invitation and reminders, if they are not somebody outside."""
    alerts.cancel(hearing.id, kind=roster_alerts.UNACCOMPANIED, uow=uow)
    # The reference worker is invited and reminded as such.
    if person is None or leads(person, hearing.case_id, uow=uow):
        return
    calendar = held_law(uow=uow).calendar
    alerts.plan(roster_alerts.reminders(hearing, person, uow.now(), calendar), uow=uow)
    invitations.invite(hearing, uow=uow, invitees=[_invitee(person)])


def release(person: UUID | None, hearing: Hearing, *, uow: UnitOfWork) -> None:
    """Out of their calendar, unless the hearing stands there for another reason."""
    if person is not None and not leads(person, hearing.case_id, uow=uow):
        invitations.release(hearing, uow=uow, invitees=[_invitee(person)])


def leads(person: UUID, case_id: UUID, *, uow: UnitOfWork) -> bool:
    """Whether this person is the reference worker now."""
    found = select(ReferenceAssignment.id).where(
        ReferenceAssignment.case_id == case_id,
        ReferenceAssignment.professional_id == person,
        ReferenceAssignment.period.contains(uow.now()),
    )
    return uow.session.scalar(found) is not None


def _invitee(person: UUID) -> Invitee:
    return Invitee(role=RecipientRole.PERSON, person_id=person)


def is_accompanied(hearing_id: UUID, *, uow: UnitOfWork) -> bool:
    """Whether anybody has confirmed, in whatever role."""
    confirmed = select(func.count(Accompaniment.id)).where(
        Accompaniment.hearing_id == hearing_id,
        Accompaniment.state == RosterState.CONFIRMED.value,
    )
    return bool(uow.session.scalar(confirmed))


def confirmed_invitees(hearing: Hearing, *, uow: UnitOfWork) -> list[Invitee]:
    """Who stands in the calendar for going along: for a hearing that is called off."""
    people = uow.session.scalars(
        select(Accompaniment.professional_id).where(
            Accompaniment.hearing_id == hearing.id,
            Accompaniment.state == RosterState.CONFIRMED.value,
        )
    )
    return [
        _invitee(person)
        for person in people
        if person is not None and not leads(person, hearing.case_id, uow=uow)
    ]


def begin_roster(
    hearing: Hearing, replaces: Hearing | None, *, actor: Actor, uow: UnitOfWork
) -> None:
    """The alarm is planned with the hearing. For another date everybody is asked anew: a yes was to
    the old one, which leaves their calendars."""
    calendar = held_law(uow=uow).calendar
    alerts.plan(roster_alerts.alarm(hearing, uow.now(), calendar), uow=uow)
    if replaces is not None:
        _move(replaces, hearing, actor=actor, uow=uow)


def _move(old: Hearing, new: Hearing, *, actor: Actor, uow: UnitOfWork) -> None:
    places = uow.session.scalars(
        select(Accompaniment)
        .where(Accompaniment.hearing_id == old.id)
        .where(Accompaniment.state.in_([state.value for state in OPEN_STATES]))
        .order_by(Accompaniment.asked_at, Accompaniment.id)
        .with_for_update()
    ).all()
    for place in places:
        before = {"state": place.state, "version": place.version}
        place.state = RosterState.MOVED
        uow.session.flush()
        if before["state"] == RosterState.CONFIRMED:
            release(place.professional_id, old, uow=uow)
        _audit("move_accompaniment", place, before, actor=actor, uow=uow)
        again = AskAlong(
            hearing_id=new.id,
            role=RosterRole(place.role),
            professional_id=place.professional_id,
            outside=place.outside,
        )
        _ask(again, new, actor=actor, uow=uow)


def _audit(
    action: str, place: Accompaniment, before: dict[str, Any], *, actor: Actor, uow: UnitOfWork
) -> None:
    after = {"state": place.state, "version": place.version}
    uow.record(action, place, actor=actor, before=before, after=after)
