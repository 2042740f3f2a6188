"""Close a case: proposed with a reason, looked at by somebody else, confirmed or refused (F03)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services.cases.closing_model import Closing, ClosingReason, ClosingState
from services.cases.closings.policy import require_other_eyes
from services.cases.closings.queries import open_items_of
from services.cases.events import CaseClosed, ClosingProposed, ClosingRefused
from services.cases.standing import (
    CLOSINGS,
    expire,
    expire_of_case,
    hold_course,
    open_items,
    require_no_handover,
)
from services.consent import policy
from services.consent.exclusions import excludes_actor, require_not_excluded
from services.consent.queries import access_to, team_may_read
from services.network.queries import professional
from services.shared.actor import Actor
from services.shared.categories import ALL
from services.shared.errors import Conflict, NotFound, Refused, RuleBroken
from services.shared.events import Event
from services.shared.loading import load, lock
from services.shared.unit_of_work import UnitOfWork

# Open tasks may be left without a reason: they wait with the case.
_WAITS = "tasks"
# Terms of a judgment may never be left open (journey J1).
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
    _require_second_look(cmd.reviewer_id, actor.id, cmd.case_id, uow=uow)
    require_not_excluded(cmd.reviewer_id, cmd.case_id, uow=uow)
    hold_course(cmd.case_id, uow=uow)
    require_no_handover(cmd.case_id, uow=uow)
    items = open_items(cmd.case_id, uow=uow)
    require_settled(items, cmd.despite)
    expire_of_case(CLOSINGS, cmd.case_id, actor=actor, uow=uow)
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
    proposed = ClosingProposed(
        case_id=cmd.case_id, closing_id=closing.id, reviewer_id=closing.reviewer_id
    )
    uow.record("propose_closing", closing, actor=actor, after=after, event=proposed)
    return closing


def _require_second_look(
    reviewer_id: UUID, proposer_id: UUID, case_id: UUID, *, uow: UnitOfWork
) -> None:
    """Judged when the reviewer is named and once more when they answer: both may have changed."""
    require_other_eyes(
        professional(reviewer_id, uow=uow),
        professional(proposer_id, uow=uow),
        takes_part=team_may_read(reviewer_id, case_id, ALL, uow=uow),
    )


def require_settled(items: dict[str, int], despite: str | None) -> None:
    """Hearings, deadlines and urgent alerts ahead need a reason; a term of a judgment has none."""
    if items[_NEVER]:
        raise Conflict("judgment-term-open", count=items[_NEVER])
    ahead = {kind: count for kind, count in items.items() if count and kind != _WAITS}
    if ahead and not despite:
        raise Conflict("case-not-settled", open=", ".join(f"{k} {n}" for k, n in ahead.items()))


def confirm_closing(closing_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Closing:
    """Closed at this instant: places wait, invitations end, reminders stop (functions.sql).

    Of two answers at once one wins; the other is a Conflict.
    """
    closing = _asked(closing_id, actor=actor, uow=uow)
    closing.require_answerable(uow.now())
    _require_second_look(actor.id, closing.proposed_by, closing.case_id, uow=uow)
    require_settled(open_items_of(closing.id, uow=uow), closing.despite)
    closing.confirm(uow.now())
    closed = CaseClosed(case_id=closing.case_id, closing_id=closing.id)
    _record_answer("confirm_closing", closing, closed, actor=actor, uow=uow)
    return closing


def refuse_closing(closing_id: UUID, refusal: str, *, actor: Actor, uow: UnitOfWork) -> Closing:
    """The reviewer refuses with a reason that the reference worker reads; nothing else changes."""
    closing = _asked(closing_id, actor=actor, uow=uow)
    closing.refuse(refusal, uow.now())
    refused = ClosingRefused(case_id=closing.case_id, closing_id=closing.id)
    _record_answer("refuse_closing", closing, refused, actor=actor, uow=uow)
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


def _record_answer(
    action: str, closing: Closing, event: Event | None, *, actor: Actor, uow: UnitOfWork
) -> None:
    uow.session.flush()
    closed = closing.state == ClosingState.CONFIRMED
    uow.record(
        action,
        closing,
        actor=actor,
        before={"state": ClosingState.PROPOSED, "case_closed": False},
        after={"state": closing.state, "case_closed": closed, "version": closing.version},
        event=event,
    )


def withdraw_closing(closing_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Closing:
    """The reference worker takes the proposal back, as long as nobody answered."""
    closing = load(Closing, closing_id, uow=uow)
    # Whoever is asked, and has no place in the case, declines by refusing.
    if closing.reviewer_id == actor.id:
        raise Refused("not-the-proposer")
    policy.require_lead(access_to(closing.case_id, uow=uow))
    lock(closing, uow=uow)
    closing.withdraw(uow.now())
    _record_answer("withdraw_closing", closing, None, actor=actor, uow=uow)
    return closing


def expire_closings(*, uow: UnitOfWork) -> int:
    """End every proposal at which nobody looked for seven days. For the timetable."""
    return expire(CLOSINGS, uow=uow)
