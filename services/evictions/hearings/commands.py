"""Set a hearing, move it, and take up the dates that the liaison posts."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from services.consent.hold import hold
from services.consent.policy import require_liaison
from services.consent.queries import access_to
from services.evictions.dates.model import Procedure
from services.evictions.events import HearingPosted
from services.evictions.hearings import details, invitations, planning, posting_alerts, roster
from services.evictions.hearings.calling_off import call_off, lapse_act
from services.evictions.hearings.endings import CallOffReason
from services.evictions.hearings.model import (
    Hearing,
    HearingKind,
    HearingResult,
    HearingState,
    Posting,
    PostingKind,
    PostingState,
)
from services.evictions.law.acts import ActKind
from services.evictions.policy import require_posting_content, require_recorder
from services.evictions.procedures.acts import RecordAct, add_act
from services.shared import alerts
from services.shared.actor import Acting, Actor
from services.shared.clock import legal_day
from services.shared.errors import Conflict
from services.shared.loading import add_once, load
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class SetHearing:
    """`result`: what came out of a hearing that was, where that is known already."""

    procedure_id: UUID
    starts_at: datetime
    room: str | None = None
    kind: HearingKind | None = None
    roll_number: str | None = None
    result: HearingResult | None = None
    posted_by: UUID | None = None


def set_hearing(cmd: SetHearing, *, actor: Actor, uow: UnitOfWork) -> Hearing:
    """Set the hearing of a procedure, with its ladder of alerts, in one commit.

    One that was can be recorded too, with its result or without; nothing is planned about it.
    """
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
    act = add_act(procedure, _act_of(cmd), actor=actor, uow=uow)
    hearing = Hearing(
        **{name: value for name, value in vars(cmd).items() if name != "result"},
        case_id=procedure.case_id,
        act_id=act.id,
        state=HearingState.SET,
        replaces_id=replaces.id if replaces else None,
    )
    if cmd.result is not None:
        hearing.record_result(cmd.result, uow.now())
    add_once(hearing, Conflict("hearing-already-set"), uow=uow)
    planning.plan_alerts(hearing, uow=uow)
    if replaces is not None:
        roster.ask_anew(replaces, hearing, actor=actor, uow=uow)
    uow.record(
        "set_hearing",
        hearing,
        actor=actor,
        before={"hearing": replaces.id, "starts_at": replaces.starts_at} if replaces else None,
        after={name: getattr(hearing, name) for name in ("state", "starts_at", "result")},
    )
    return hearing


def _act_of(cmd: SetHearing) -> RecordAct:
    return RecordAct(
        procedure_id=cmd.procedure_id,
        kind=ActKind.HEARING,
        acted_on=legal_day(cmd.starts_at),
        posted_by=cmd.posted_by,
    )


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

    The old hearing stays as adjourned, its open alerts are cancelled, the new ones planned. At the
    same instant it is the same hearing, whose room may change.
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
    posted_by: UUID | None = None,
    actor: Actor,
    uow: UnitOfWork,
) -> Hearing:
    stood = details.details_of(old)
    if old.state == HearingState.SET and old.starts_at == starts_at:
        same = replace(stood, room=room or stood.room)
        details.write_details(old, same, posted_by=posted_by, actor=actor, uow=uow)
        return old
    was_ahead = planning.is_ahead(old, uow.now())
    old.adjourn()
    uow.session.flush()
    alerts.cancel(old.id, uow=uow)
    lapse_act(old, uow=uow)
    new = SetHearing(
        **vars(replace(stood, room=room)),
        procedure_id=old.procedure_id,
        starts_at=starts_at,
        posted_by=posted_by,
    )
    moved = _add_hearing(procedure, new, old, actor=actor, uow=uow)
    if was_ahead and not planning.is_ahead(moved, uow.now()):
        invitations.call_off(old, uow=uow)
    return moved


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
    """Do what a posting says: a judgment, a hearing called off, a hearing set or moved.

    What comes of it says that the liaison posted it.
    """
    procedure_id = posting.procedure_id
    if posting.because is not None:
        meant = _meant(procedure_id, uow=uow, locked=True)
        if meant.starts_at != posting.starts_at:
            raise Conflict("hearing-not-set")
        meant.posted_by = posting.posted_by
        call_off(meant, CallOffReason(posting.because), actor=actor, uow=uow)
        return
    current = _current(procedure_id, uow=uow, locked=True) if posting.starts_at else None
    procedure = load(Procedure, procedure_id, uow=uow, lock=True)
    liaison, day, room = posting.posted_by, posting.starts_at, posting.room
    if posting.day is not None:
        kind, on = ActKind.JUDGMENT, posting.day
        act = RecordAct(procedure_id=procedure_id, kind=kind, acted_on=on, posted_by=liaison)
        add_act(procedure, act, actor=actor, uow=uow)
    elif day is not None and current is not None:
        _move(procedure, current, day, room, posted_by=liaison, actor=actor, uow=uow)
    elif day is not None:
        new = SetHearing(procedure_id=procedure_id, starts_at=day, room=room, posted_by=liaison)
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
