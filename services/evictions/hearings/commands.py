"""Set a hearing, move it, and take up the dates that the liaison posts."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services.consent.policy import require_liaison
from services.consent.queries import access_to
from services.evictions.dates.model import Procedure
from services.evictions.events import HearingPosted
from services.evictions.hearings import invitations, posting_alerts, roster
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
from services.evictions.hearings.roster_alerts import APPROACHING
from services.evictions.law import ladder
from services.evictions.law.calendar import Calendar
from services.evictions.law.in_force import held_law
from services.evictions.law.rulebook import ActKind
from services.evictions.policy import require_posting_content, require_recorder
from services.evictions.procedures.acts import RecordAct, record_act
from services.shared import alerts
from services.shared.actor import Acting, Actor
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.clock import legal_day
from services.shared.errors import Conflict, NotFound
from services.shared.loading import load, lock, require_version
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
    """The hearing and its ladder of alerts, in one commit."""
    procedure = load(Procedure, cmd.procedure_id, uow=uow)
    require_recorder(access_to(procedure.case_id, uow=uow))
    lock(procedure, uow=uow)
    hearing = _add_hearing(procedure, cmd, None, actor=actor, uow=uow)
    return hearing


def _add_hearing(
    procedure: Procedure,
    cmd: SetHearing,
    replaces: Hearing | None,
    *,
    actor: Actor,
    uow: UnitOfWork,
) -> Hearing:
    require_future(cmd.starts_at, uow.now())
    act = record_act(
        RecordAct(
            procedure_id=procedure.id, kind=ActKind.HEARING, acted_on=legal_day(cmd.starts_at)
        ),
        actor=actor,
        uow=uow,
    )
    hearing = Hearing(
        **vars(cmd),
        case_id=procedure.case_id,
        act_id=act.id,
        state=HearingState.SET,
        replaces_id=replaces.id if replaces else None,
    )
    try:
        with uow.session.begin_nested():
            uow.session.add(hearing)
    except IntegrityError as already:
        raise Conflict("hearing-already-set") from already
    alerts.plan(_alerts(hearing, uow.now(), held_law(uow=uow).calendar), uow=uow)
    invitations.invite(hearing, uow=uow)
    roster.begin_roster(hearing, replaces, actor=actor, uow=uow)
    uow.record(
        "set_hearing",
        hearing,
        actor=actor,
        before={"hearing": replaces.id, "starts_at": replaces.starts_at} if replaces else None,
        after={"state": hearing.state, "starts_at": hearing.starts_at},
    )
    return hearing


def _alerts(hearing: Hearing, now: datetime, calendar: Calendar) -> list[NewAlert]:
    return [
        NewAlert(
            kind=APPROACHING,
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
    """The old hearing stays as adjourned, its open alerts are cancelled, the new ones planned."""
    old = load(Hearing, hearing_id, uow=uow)
    require_recorder(access_to(old.case_id, uow=uow))
    lock(old, uow=uow)
    if old.procedure_id != procedure_id:
        raise NotFound
    require_version(old, version)
    return _move(old, starts_at, room, actor=actor, uow=uow)


def _move(
    old: Hearing, starts_at: datetime, room: str | None, *, actor: Actor, uow: UnitOfWork
) -> Hearing:
    procedure = load(Procedure, old.procedure_id, uow=uow, lock=True)
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
    hearing = _add_hearing(procedure, new, old, actor=actor, uow=uow)
    return hearing


@dataclass(frozen=True, kw_only=True)
class PostDate:
    procedure_id: UUID
    kind: PostingKind
    starts_at: datetime | None = None
    day: date | None = None
    room: str | None = None
    because: CallOffReason | None = None


def post_date(cmd: PostDate, *, actor: Actor, uow: UnitOfWork) -> Posting:
    """What the liaison heard at the court. It changes nothing until the team confirms it."""
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
        posting.starts_at = _meant(cmd.procedure_id, uow=uow, held=False).starts_at
    uow.session.add(posting)
    uow.session.flush()
    note_posting(posting, actor=actor, uow=uow)
    return posting


def note_posting(posting: Posting, *, actor: Acting, uow: UnitOfWork) -> None:
    """Written down, and told to the team."""
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
    """Confirmed, the date is applied in the same commit; rejected, it stays as it was posted."""
    posting = load(Posting, posting_id, uow=uow)
    require_recorder(access_to(posting.case_id, uow=uow))
    lock(posting, uow=uow)
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
    if posting.day is not None:
        act = RecordAct(
            procedure_id=posting.procedure_id, kind=ActKind.JUDGMENT, acted_on=posting.day
        )
        record_act(act, actor=actor, uow=uow)
    elif posting.because is not None:
        meant = _meant(posting.procedure_id, uow=uow, held=True)
        if meant.starts_at != posting.starts_at:
            raise Conflict("hearing-not-set")
        call_off(meant, CallOffReason(posting.because), actor=actor, uow=uow)
    elif posting.starts_at is not None:
        current = _current(posting.procedure_id, uow=uow, held=True)
        if current is None:
            new = SetHearing(
                procedure_id=posting.procedure_id, starts_at=posting.starts_at, room=posting.room
            )
            set_hearing(new, actor=actor, uow=uow)
        else:
            _move(current, posting.starts_at, posting.room, actor=actor, uow=uow)


def _current(procedure_id: UUID, *, uow: UnitOfWork, held: bool) -> Hearing | None:
    """The hearing that is set; `held` by whoever changes it, only read by whoever posts."""
    found = select(Hearing).where(
        Hearing.procedure_id == procedure_id, Hearing.state == HearingState.SET
    )
    return uow.session.scalars(found.with_for_update() if held else found).one_or_none()


def _meant(procedure_id: UUID, *, uow: UnitOfWork, held: bool) -> Hearing:
    hearing = _current(procedure_id, uow=uow, held=held)
    if hearing is None:
        raise Conflict("hearing-not-set")
    return hearing
