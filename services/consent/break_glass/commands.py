"""Break the glass of one case, and review that it was broken (docs/decisions/0013)."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.consent import policy
from services.consent.break_glass.model import (
    OPEN_FOR,
    REVIEW_WITHIN,
    SUSPENDED_AFTER,
    BreakGlassOpening,
    Danger,
    Verdict,
)
from services.consent.break_glass.queries import leads_case_of_code, recent_use
from services.network.policy import require_role
from services.shared import alerts
from services.shared.actor import Actor, RoleKind
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.errors import Conflict, NotFound, RuleBroken
from services.shared.loading import load, lock, require_version
from services.shared.unit_of_work import UnitOfWork

# More than these in thirty days, and the reviewers hear of it; none is refused for it.
OFTEN = 3
_OPEN = text("SELECT open_break_glass(:id, :code, :danger, :reason, :ends)")
_REMINDERS = ("consent.glass_review_due", "consent.glass_suspended")


@dataclass(frozen=True, kw_only=True)
class BreakGlass:
    case_code: str
    danger: Danger
    reason: str


def break_glass(cmd: BreakGlass, *, actor: Actor, uow: UnitOfWork) -> BreakGlassOpening:
    """The case is readable for an hour from this instant, and those who must know are told by the
    same commit. NotFound alike for no such case and for one closed to this actor even now.
    """
    require_role(actor, RoleKind.WORKER)
    policy.require_no_conflicting_role(actor)
    use = recent_use(actor.id, uow=uow)
    policy.require_reviewed(use.oldest_unreviewed, now=uow.now())
    if leads_case_of_code(cmd.case_code, uow=uow):
        raise RuleBroken("already-the-reference-worker")
    opening = _open(cmd, uow=uow)
    alerts.plan(_notices(opening), uow=uow)
    if use.in_thirty_days >= OFTEN:
        alerts.plan([_to_reviewers(opening, "consent.glass_often")], uow=uow)
    uow.record(
        "break_glass",
        opening,
        actor=actor,
        after={"danger": opening.danger, "closes_at": opening.closes_at.isoformat()},
    )
    return opening


def _open(cmd: BreakGlass, *, uow: UnitOfWork) -> BreakGlassOpening:
    key = uuid4()
    values = {
        "id": key,
        "code": cmd.case_code,
        "danger": cmd.danger.value,
        "reason": cmd.reason,
        "ends": uow.now() + OPEN_FOR,
    }
    try:
        with uow.session.begin_nested():
            uow.session.execute(_OPEN, values)
    except IntegrityError as waiting:
        raise Conflict("break-glass-awaits-review") from waiting
    opening = uow.session.get(BreakGlassOpening, key)
    if opening is None:
        raise NotFound
    return opening


def _notices(opening: BreakGlassOpening) -> list[NewAlert]:
    """Alerts due at once, and those that a review in time cancels.

    The household's notice is the opening itself, which its view lists (docs/decisions/0016).
    """
    return [
        NewAlert(
            kind="consent.glass_broken",
            case_id=opening.case_id,
            object_id=opening.id,
            due_at=opening.opened_at,
            recipient_role=RecipientRole.REFERENCE_WORKER,
        ),
        _to_reviewers(opening, "consent.glass_broken"),
        NewAlert(
            kind="consent.glass_review_due",
            case_id=opening.case_id,
            object_id=opening.id,
            due_at=opening.opened_at + REVIEW_WITHIN,
            recipient_role=RecipientRole.COORDINATOR,
        ),
        NewAlert(
            kind="consent.glass_suspended",
            case_id=opening.case_id,
            object_id=opening.id,
            due_at=opening.opened_at + SUSPENDED_AFTER,
            recipient_role=RecipientRole.PERSON,
            recipient_id=opening.professional_id,
        ),
    ]


def _to_reviewers(opening: BreakGlassOpening, kind: str) -> NewAlert:
    return NewAlert(
        kind=kind,
        case_id=opening.case_id,
        object_id=opening.id,
        due_at=opening.opened_at,
        recipient_role=RecipientRole.COORDINATOR,
    )


@dataclass(frozen=True, kw_only=True)
class ReviewBreakGlass:
    opening_id: UUID
    verdict: Verdict
    comment: str


def review_break_glass(
    cmd: ReviewBreakGlass, *, version: int, actor: Actor, uow: UnitOfWork
) -> BreakGlassOpening:
    """A coordinator other than the opener reviews it; what reminded of the review is cancelled."""
    opening = load(BreakGlassOpening, cmd.opening_id, uow=uow)
    require_role(actor, RoleKind.COORDINATOR)
    policy.require_not_own(actor, opening)
    lock(opening, uow=uow)
    require_version(opening, version)
    opening.review(cmd.verdict, cmd.comment, by=actor.id, at=uow.now())
    uow.session.flush()
    # What was told on the day itself stays; only what waited for the review ends.
    for kind in _REMINDERS:
        alerts.cancel(opening.id, kind=kind, uow=uow)
    uow.record(
        "review_break_glass",
        opening,
        actor=actor,
        after={"verdict": opening.verdict},
    )
    return opening
