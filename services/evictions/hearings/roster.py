"""The roster of a hearing: who is asked to go along, who confirms, the alarm if nobody (F40)."""

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm.attributes import flag_modified

from services.cases.model import ReferenceAssignment
from services.cases.tasks.commands import require_reader
from services.consent.exclusions import require_not_excluded
from services.consent.hold import hold
from services.consent.policy import Access, require_reference_worker
from services.evictions.hearings import invitations, roster_alerts
from services.evictions.hearings.invitations import Invitee
from services.evictions.hearings.model import Hearing, HearingState, require_future
from services.evictions.hearings.planning import is_ahead
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
from services.shared.loading import add_once, load, lock, require_version
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class AskAlong:
    """Names somebody of the team, or (`outside`) by name somebody who is not in Maillage."""

    hearing_id: UUID
    role: RosterRole
    professional_id: UUID | None = None
    outside: str | None = None


def ask_along(cmd: AskAlong, *, actor: Actor, uow: UnitOfWork) -> Accompaniment:
    """Ask somebody to go along; the alarm stays planned until somebody confirms."""
    hearing = hold(Hearing, cmd.hearing_id, require_recorder, uow=uow)
    if (cmd.professional_id is None) == (cmd.outside is None):
        raise RuleBroken("accompaniment-needs-one-person")
    if cmd.professional_id is not None:
        require_not_excluded(cmd.professional_id, hearing.case_id, uow=uow)
        require_reader(cmd.professional_id, hearing.case_id, Category.PROCEDURE, uow=uow)
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
    add_once(place, Conflict("accompaniment-already-asked"), uow=uow)
    person = place.professional_id
    if person is not None and person != actor.id:
        alerts.plan([roster_alerts.asked(place, hearing, person, uow.now())], uow=uow)
    after = {"state": place.state, "role": place.role, "professional": person}
    uow.record("ask_along", place, actor=actor, after=after)
    return place


def answer_accompaniment(
    accompaniment_id: UUID, *, comes: bool, version: int, actor: Actor, uow: UnitOfWork
) -> Hearing:
    """Answer for an accompaniment: a yes by the person, a no by them or the reference worker.

    For somebody outside, whoever of the team heard it answers. The hearing is held before the
    place, as everybody holds them.
    """
    place = load(Accompaniment, accompaniment_id, uow=uow)
    may = partial(_require_answerer, place, actor, comes=comes)
    hearing = hold(Hearing, place.hearing_id, may, uow=uow)
    lock(place, uow=uow)
    require_version(place, version)
    _require_ahead(hearing, uow=uow)
    before = {"state": place.state, "version": version}
    place.answer(comes=comes, by=actor.id, at=uow.now())
    uow.session.flush()
    _follow_answer(place, hearing, went=before["state"] == RosterState.CONFIRMED, uow=uow)
    _audit("answer_accompaniment", place, before, actor=actor, uow=uow)
    return hearing


def _require_answerer(place: Accompaniment, actor: Actor, access: Access, *, comes: bool) -> None:
    require_recorder(access)
    if place.professional_id in (None, actor.id):
        return
    require_reference_worker(access)
    if comes:
        raise Refused("accompaniment-not-mine")


def _follow_answer(place: Accompaniment, hearing: Hearing, *, went: bool, uow: UnitOfWork) -> None:
    """Plan or cancel what follows from an answer.

    The person's reminders and invitation come and go with their yes, the alarm with the last yes.
    """
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
    """Raise the version of the hearing, of which who goes is a part, and its calendar number."""
    flag_modified(hearing, "state")
    uow.session.flush()


def welcome(person: UUID | None, hearing: Hearing, *, uow: UnitOfWork) -> None:
    """Cancel the alarm because somebody goes; invite and remind them, unless they are outside."""
    alerts.cancel(hearing.id, kind=roster_alerts.UNACCOMPANIED, uow=uow)
    # The reference worker is invited and reminded as such.
    if person is None or leads(person, hearing.case_id, uow=uow):
        return
    calendar = held_law(uow=uow).calendar
    reminders = roster_alerts.reminders(hearing, person, uow.now(), calendar)
    invited = invitations.invitations(hearing, uow=uow, invitees=[_invitee(person)])
    alerts.plan([*reminders, *invited], uow=uow)


def release(person: UUID | None, hearing: Hearing, *, uow: UnitOfWork) -> None:
    """Take the hearing out of somebody's calendar, unless it stands there for another reason."""
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


def ask_anew(old: Hearing, new: Hearing, *, actor: Actor, uow: UnitOfWork) -> None:
    """Ask everybody for the date that replaces another, which leaves their calendars.

    Nobody is asked along to a day that is over.
    """
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
        if not is_ahead(new, uow.now()):
            continue
        again = AskAlong(
            hearing_id=new.id,
            role=RosterRole(place.role),
            professional_id=place.professional_id,
            outside=place.outside,
        )
        _ask(again, new, actor=actor, uow=uow)


def remind_again(hearing: Hearing, *, uow: UnitOfWork) -> None:
    """Tell everybody of a hearing that counts again what they were told of it before."""
    places = select(Accompaniment).where(
        Accompaniment.hearing_id == hearing.id,
        Accompaniment.state.in_([state.value for state in OPEN_STATES]),
    )
    for place in uow.session.scalars(places.order_by(Accompaniment.asked_at, Accompaniment.id)):
        person = place.professional_id
        if place.state == RosterState.CONFIRMED:
            welcome(person, hearing, uow=uow)
        elif person is not None and person != place.asked_by:
            alerts.plan([roster_alerts.asked(place, hearing, person, uow.now())], uow=uow)


def _audit(
    action: str, place: Accompaniment, before: dict[str, Any], *, actor: Actor, uow: UnitOfWork
) -> None:
    after = {"state": place.state, "version": place.version}
    uow.record(action, place, actor=actor, before=before, after=after)
