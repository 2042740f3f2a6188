"""Close a case: proposed with a reason, looked at by somebody else, confirmed or refused (F03)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from services.cases.closing_model import LOOK_WITHIN, Closing, ClosingReason, ClosingState
from services.cases.closings.policy import require_other_eyes
from services.cases.closings.queries import open_items, open_items_of
from services.cases.events import (
    CaseClosed,
    ClosingExpired,
    ClosingProposed,
    ClosingRefused,
)
from services.cases.model import CaseState
from services.cases.standing import _require_no_handover, hold_course
from services.consent import policy
from services.consent.exclusions import excludes_actor, require_not_excluded
from services.consent.queries import access_to
from services.shared.actor import Actor
from services.shared.errors import Conflict, NotFound, Refused, RuleBroken
from services.shared.loading import load, lock
from services.shared.unit_of_work import UnitOfWork

# Of what is open, this alone may be left open without a word: it waits with the case.
_WAITS = "tasks"
# And this never: journey J1.
_NEVER = "judgment_terms"


@dataclass(frozen=True, kw_only=True)
class ProposeClosing:
    """`despite`: why it may be closed although something is still ahead."""

    case_id: UUID
    reason: ClosingReason
    reviewer_id: UUID
    words: str | None = None
    despite: str | None = None


def propose_closing(cmd: ProposeClosing, *, actor: Actor, uow: UnitOfWork) -> Closing:
    """The case stays open until the reviewer, who is not the proposer, has said yes."""
    policy.require_reference_worker(access_to(cmd.case_id, uow=uow))
    if cmd.reason is ClosingReason.OTHER and not cmd.words:
        raise RuleBroken("closing-without-words")
    require_other_eyes(cmd.reviewer_id, actor.id, cmd.case_id, uow=uow)
    require_not_excluded(cmd.reviewer_id, cmd.case_id, uow=uow)
    hold_course(cmd.case_id, uow=uow)
    _require_no_handover(cmd.case_id, uow=uow)
    items = open_items(cmd.case_id, uow=uow)
    require_settled(items, cmd.despite)
    # A proposal whose time is over is in nobody's way, whether or not a sweep has passed.
    _expire_of_case(cmd.case_id, actor=actor, uow=uow)
    closing = Closing(
        **vars(cmd) | {"reason": cmd.reason.value},
        open_items=items,
        state=ClosingState.PROPOSED,
        proposed_by=actor.id,
        proposed_at=uow.now(),
    )
    try:
        with uow.session.begin_nested():
            uow.session.add(closing)
    except IntegrityError as already:
        raise Conflict("closing-already-proposed") from already
    after = {
        "state": closing.state,
        "reason": closing.reason,
        "reviewer": closing.reviewer_id,
        "open_items": items,
        "despite": cmd.despite is not None,
    }
    uow.record("propose_closing", closing, actor=actor, case_id=cmd.case_id, after=after)
    proposed = ClosingProposed(
        case_id=cmd.case_id, closing_id=closing.id, reviewer_id=closing.reviewer_id
    )
    uow.announce(proposed, actor=actor)
    return closing


def require_settled(items: dict[str, int], despite: str | None) -> None:
    """Hearings, deadlines and urgent alerts ahead need a reason; a term of a judgment has none."""
    if items[_NEVER]:
        raise Conflict("judgment-term-open", count=items[_NEVER])
    ahead = {kind: count for kind, count in items.items() if count and kind != _WAITS}
    if ahead and not despite:
        raise Conflict("case-not-settled", open=", ".join(f"{k} {n}" for k, n in ahead.items()))


def confirm_closing(closing_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Closing:
    """Closed at this instant: places wait, invitations end, reminders stop (closing.sql).

    Of two answers at once one wins; the other is a Conflict.
    """
    closing = _asked(closing_id, actor=actor, uow=uow)
    closing.require_answerable(uow.now())
    require_other_eyes(actor.id, closing.proposed_by, closing.case_id, uow=uow)
    require_settled(open_items_of(closing.id, uow=uow), closing.despite)
    closing.confirm(uow.now())
    uow.session.flush()
    _audit_answer("confirm_closing", closing, CaseState.CLOSED, actor=actor, uow=uow)
    uow.announce(CaseClosed(case_id=closing.case_id, closing_id=closing.id), actor=actor)
    return closing


def refuse_closing(closing_id: UUID, refusal: str, *, actor: Actor, uow: UnitOfWork) -> Closing:
    """With a reason, which the reference worker reads; nothing else changes."""
    closing = _asked(closing_id, actor=actor, uow=uow)
    closing.refuse(refusal, uow.now())
    uow.session.flush()
    _audit_answer("refuse_closing", closing, CaseState.OPEN, actor=actor, uow=uow)
    uow.announce(ClosingRefused(case_id=closing.case_id, closing_id=closing.id), actor=actor)
    return closing


def _asked(closing_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Closing:
    """The proposal, locked, for whoever was asked: to anybody else it is the proposer's alone."""
    closing = load(Closing, closing_id, uow=uow)
    if excludes_actor(closing.case_id, uow=uow):
        raise NotFound
    if closing.reviewer_id != actor.id:
        raise Refused("own-closing")
    lock(closing, uow=uow)
    return closing


def _audit_answer(
    action: str, closing: Closing, case_state: CaseState, *, actor: Actor, uow: UnitOfWork
) -> None:
    closed = case_state is CaseState.CLOSED
    uow.record(
        action,
        closing,
        actor=actor,
        before={"state": ClosingState.PROPOSED, "case_closed": False},
        after={"state": closing.state, "case_closed": closed, "version": closing.version},
    )


def withdraw_closing(closing_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Closing:
    """By the reference worker, as long as nobody answered."""
    closing = load(Closing, closing_id, uow=uow)
    # Whoever is asked, and has no place in the case, declines by refusing.
    if closing.reviewer_id == actor.id:
        raise Refused("not-the-proposer")
    policy.require_lead(access_to(closing.case_id, uow=uow))
    lock(closing, uow=uow)
    closing.withdraw(uow.now())
    uow.session.flush()
    _audit_answer("withdraw_closing", closing, CaseState.OPEN, actor=actor, uow=uow)
    return closing


def expire_closings(*, uow: UnitOfWork) -> int:
    """End every proposal at which nobody looked for seven days, however long ago."""
    expired = _expire([], uow=uow)
    for event in expired:
        uow.announce(event, actor=None)
    return len(expired)


def _expire_of_case(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> None:
    for event in _expire([Closing.case_id == case_id], uow=uow):
        uow.record(
            "expire_closing",
            load(Closing, event.closing_id, uow=uow),
            actor=actor,
            case_id=case_id,
            before={"state": ClosingState.PROPOSED},
            after={"state": ClosingState.EXPIRED},
            event=event,
        )


def _expire(where: list[Any], *, uow: UnitOfWork) -> list[ClosingExpired]:
    """Columns by name, never the whole row: workers may not read the words of a closing."""
    overdue = (
        select(Closing.id)
        .where(Closing.state == ClosingState.PROPOSED.value, *where)
        .where(Closing.proposed_at <= uow.now() - LOOK_WITHIN)
        .with_for_update(skip_locked=True)
    )
    expired = (
        update(Closing)
        .where(Closing.id.in_(overdue))
        .values(
            state=ClosingState.EXPIRED.value,
            decided_at=uow.now(),
            version=Closing.version + 1,
        )
        .returning(Closing.id, Closing.case_id)
    )
    rows = uow.session.execute(expired, execution_options={"synchronize_session": False}).all()
    return [ClosingExpired(case_id=row.case_id, closing_id=row.id) for row in rows]
