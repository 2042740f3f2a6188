"""Set a hearing, move it, and take up the dates that the liaison posts."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from services.consent.hold import hold
from services.consent.policy import require_liaison
from services.consent.queries import access_to
from services.evictions.dates.model import Procedure
from services.evictions.events import HearingPosted
from services.evictions.hearings import invitations, posting_alerts, roster, roster_alerts
from services.evictions.hearings.calling_off import call_off, lapse_act
from services.evictions.hearings.endings import CallOffReason
from services.evictions.hearings.model import (
    Hearing,
    HearingKind,
    HearingState,
    Posting,
    PostingKind,
    PostingState,
    require_future,
)
from services.evictions.law import ladder
from services.evictions.law.acts import ActKind
from services.evictions.law.calendar import Calendar
from services.evictions.law.in_force import held_law
from services.evictions.policy import require_posting_content, require_recorder
from services.evictions.procedures.acts import RecordAct, add_act
from services.shared import alerts
from services.shared.actor import Acting, Actor
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.clock import legal_day
from services.shared.errors import Conflict
from services.shared.loading import add_once, load
from services.shared.unit_of_work import UnitOfWork

_TOLD = (RecipientRole.REFERENCE_WORKER, RecipientRole.LIAISON)


@dataclass(frozen=True, kw_only=True)
class SetHearing:
    procedure_id: UUID
    starts_at: datetime
    room: str | None = None
    kind: HearingKind | None = None
    roll_number: str | None = None


def set_hearing(cmd: SetHearing, *, actor: Actor, uow: UnitOfWork) -> Hearing:
    """Set the hearing of a procedure, with its ladder of alerts, in one commit."""
    procedure = hold(Procedure, cmd.procedure_id, require_recorder, uow=uow)
    return _add_hearing(procedure, cmd, None, actor=actor, uow=uow)


def _add_hearing(
    procedure: Procedure,
    cmd: SetHearing,
    replaces: Hearing | None,
    *,
    actor: Actor,
    uow: UnitOfWork,
) -> Hearing:
    """Write a hearing, its act and its alerts; the caller holds the procedure and may record."""
    require_future(cmd.starts_at, uow.now())
    acted_on = legal_day(cmd.starts_at)
    cmd_act = RecordAct(procedure_id=procedure.id, kind=ActKind.HEARING, acted_on=acted_on)
    act = add_act(procedure, cmd_act, actor=actor, uow=uow)
    hearing = Hearing(
        **vars(cmd),
        case_id=procedure.case_id,
        act_id=act.id,
        state=HearingState.SET,
        replaces_id=replaces.id if replaces else None,
    )
    add_once(hearing, Conflict("hearing-already-set"), uow=uow)
    _plan_alerts(hearing, uow=uow)
    if replaces is not None:
        roster.ask_anew(replaces, hearing, actor=actor, uow=uow)
    uow.record(
        "set_hearing",
        hearing,
        actor=actor,
        before={"hearing": replaces.id, "starts_at": replaces.starts_at} if replaces else None,
        after={"state": hearing.state, "starts_at": hearing.starts_at},
    )
    return hearing


def _plan_alerts(hearing: Hearing, *, uow: UnitOfWork) -> None:
    """Plan the ladder, the invitation of the reference worker and the alarm that nobody goes."""
    calendar = held_law(uow=uow).calendar
    planned = [
        *_ladder(hearing, uow.now(), calendar),
        *invitations.invitations(hearing, uow=uow),
        *roster_alerts.alarm(hearing, uow.now(), calendar),
    ]
    alerts.plan(planned, uow=uow)


def _ladder(hearing: Hearing, now: datetime, calendar: Calendar) -> list[NewAlert]:
    return [
        NewAlert(
            kind=roster_alerts.APPROACHING,
            case_id=hearing.case_id,
            object_id=hearing.id,
            due_at=due_at,
            rung=f"{days}d",
            recipient_role=role,
            facts={"hearing_at": hearing.starts_at.isoformat(), "days_left": days},
        )
        for days, due_at in ladder.rungs(hearing.starts_at, now, calendar).items()
        for role in _TOLD
    ]


def move_hearing(
    procedure_id: UUID,
    hearing_id: UUID,
    starts_at: datetime,
    room: str | None,
    *,
    version: int,
    actor: Actor,
    uow: UnitOfWork,
) -> Hearing:
    """Move a hearing to another date.

    The old hearing stays as adjourned, its open alerts are cancelled, the new ones planned.
    """
    of = {"procedure_id": procedure_id}
    old = hold(Hearing, hearing_id, require_recorder, of=of, version=version, uow=uow)
    procedure = load(Procedure, procedure_id, uow=uow, lock=True)
    return _move(procedure, old, starts_at, room, actor=actor, uow=uow)


def _move(
    procedure: Procedure,
    old: Hearing,
    starts_at: datetime,
    room: str | None,
    *,
    actor: Actor,
    uow: UnitOfWork,
) -> Hearing:
    old.adjourn()
    uow.session.flush()
    alerts.cancel(old.id, uow=uow)
    lapse_act(old, uow=uow)
    new = SetHearing(
        procedure_id=old.procedure_id,
        starts_at=starts_at,
        room=room,
        kind=HearingKind(old.kind) if old.kind else None,
        roll_number=old.roll_number,
    )
    return _add_hearing(procedure, new, old, actor=actor, uow=uow)


@dataclass(frozen=True, kw_only=True)
class PostDate:
    procedure_id: UUID
    kind: PostingKind
    starts_at: datetime | None = None
    day: date | None = None
    room: str | None = None
    because: CallOffReason | None = None


def post_date(cmd: PostDate, *, actor: Actor, uow: UnitOfWork) -> Posting:
    """Post what the liaison heard at the court; it changes nothing until the team confirms it."""
    procedure = load(Procedure, cmd.procedure_id, uow=uow)
    require_liaison(access_to(procedure.case_id, uow=uow))
    require_posting_content(cmd.kind, cmd.starts_at, cmd.day, cmd.because)
    posting = Posting(
        **vars(cmd),
        case_id=procedure.case_id,
        posted_by=actor.id,
        posted_at=uow.now(),
        state=PostingState.POSTED,
    )
    if cmd.because is not None:
        posting.starts_at = _meant(cmd.procedure_id, uow=uow, locked=False).starts_at
    uow.session.add(posting)
    uow.session.flush()
    note_posting(posting, actor=actor, uow=uow)
    return posting


def note_posting(posting: Posting, *, actor: Acting, uow: UnitOfWork) -> None:
    """Write in the journal that a date was posted, and tell the team."""
    after = {name: getattr(posting, name) for name in ("kind", "starts_at", "day", "state")}
    uow.record(
        "post_date",
        posting,
        actor=actor,
        after=after,
        event=HearingPosted(
            case_id=posting.case_id, procedure_id=posting.procedure_id, posting_id=posting.id
        ),
    )


def answer_posting(posting_id: UUID, *, confirm: bool, actor: Actor, uow: UnitOfWork) -> Posting:
    """Confirm a posted date, which applies it in the same commit; or reject it, and it stays."""
    posting = hold(Posting, posting_id, require_recorder, uow=uow)
    posting.answer(confirm=confirm, by=actor.id, at=uow.now())
    uow.session.flush()
    alerts.call_off(posting_alerts.asked(posting.id, posting.case_id, uow.now()), uow=uow)
    if confirm:
        _apply(posting, actor=actor, uow=uow)
    uow.record(
        "answer_posting",
        posting,
        actor=actor,
        before={"state": PostingState.POSTED},
        after={"state": posting.state, "version": posting.version},
    )
    return posting


def _apply(posting: Posting, *, actor: Actor, uow: UnitOfWork) -> None:
    """Do what a posting says: a judgment, a hearing called off, a hearing set or moved."""
    procedure_id = posting.procedure_id
    if posting.because is not None:
        meant = _meant(procedure_id, uow=uow, locked=True)
        if meant.starts_at != posting.starts_at:
            raise Conflict("hearing-not-set")
        call_off(meant, CallOffReason(posting.because), actor=actor, uow=uow)
        return
    current = _current(procedure_id, uow=uow, locked=True) if posting.starts_at else None
    procedure = load(Procedure, procedure_id, uow=uow, lock=True)
    if posting.day is not None:
        act = RecordAct(procedure_id=procedure_id, kind=ActKind.JUDGMENT, acted_on=posting.day)
        add_act(procedure, act, actor=actor, uow=uow)
    elif posting.starts_at is not None and current is not None:
        _move(procedure, current, posting.starts_at, posting.room, actor=actor, uow=uow)
    elif posting.starts_at is not None:
        new = SetHearing(procedure_id=procedure_id, starts_at=posting.starts_at, room=posting.room)
        _add_hearing(procedure, new, None, actor=actor, uow=uow)


def _current(procedure_id: UUID, *, uow: UnitOfWork, locked: bool) -> Hearing | None:
    """The hearing that is set: `locked` to change it, only read to post."""
    found = select(Hearing).where(
        Hearing.procedure_id == procedure_id, Hearing.state == HearingState.SET
    )
    return uow.session.scalars(found.with_for_update() if locked else found).one_or_none()


def _meant(procedure_id: UUID, *, uow: UnitOfWork, locked: bool) -> Hearing:
    hearing = _current(procedure_id, uow=uow, locked=locked)
    if hearing is None:
        raise Conflict("hearing-not-set")
    return hearing
