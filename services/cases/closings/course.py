"""The course of a case after its opening: watched until a day, and open again after a closing."""

from datetime import date, time
from uuid import UUID

from sqlalchemy import select, text, update

from services.cases.closing_model import Closing, ClosingState
from services.cases.events import CaseReopened
from services.cases.model import Case, CaseState
from services.consent import policy
from services.consent.queries import access_to
from services.shared import alerts
from services.shared.actor import Actor
from services.shared.alerts import Alert, AlertState, NewAlert, RecipientRole
from services.shared.clock import brussels
from services.shared.errors import Conflict
from services.shared.loading import load, lock
from services.shared.unit_of_work import UnitOfWork

WATCH_REVIEW = "cases.watch_review"
AT = time(9, 0)


def reopen(case_id: UUID, reason: str, *, actor: Actor, uow: UnitOfWork) -> Case:
    """The reference worker, still the same as at the closing, opens the case again.

    The places in its team that were open count again as far as consent, protocol and exclusions
    reach at this instant; what is still ahead is reminded of again.
    """
    policy.require_lead(access_to(case_id, uow=uow))
    standing = select(Closing).where(
        Closing.case_id == case_id, Closing.state == ClosingState.CONFIRMED.value
    )
    closing = uow.session.scalars(standing).one_or_none()
    if closing is None:
        raise Conflict("case-not-closed")
    lock(closing, uow=uow)
    closing.reopen(reason, by=actor.id, at=uow.now())
    uow.session.flush()
    case = load(Case, case_id, uow=uow)
    before = {"state": case.state, "version": case.version}
    case.state = CaseState.REOPENED
    uow.session.flush()
    _remind_again(case_id, uow=uow)
    uow.record(
        "reopen_case",
        case,
        actor=actor,
        case_id=case_id,
        before=before,
        after={"state": case.state, "version": case.version, "closing": closing.id},
        event=CaseReopened(case_id=case_id, closing_id=closing.id),
    )
    return case


# Of the rungs that passed while the case was closed one is told at once, if its date is ahead; a
# step that nobody has done yet has no date that could be over.
_AGAIN = text(
    """
    UPDATE alerts SET state = 'planned'
    WHERE case_id = :case AND state = 'paused' AND (due_at > :now OR id IN (
      SELECT DISTINCT ON (kind, object_id, recipient_role, recipient_id) a.id FROM alerts a
      WHERE a.case_id = :case AND a.state = 'paused' AND a.due_at <= :now AND a.first_id IS NULL
        AND (a.kind = 'evictions.welfare_step_due'
          OR CAST(a.facts ->> 'hearing_at' AS timestamptz) > :now
          OR CAST(a.facts ->> 'due_on' AS date) >= :today)
      ORDER BY kind, object_id, recipient_role, recipient_id, due_at DESC))
    """
)
# What climbed goes on where it was, each with the alert that it climbs for.
_CLIMB_AGAIN = text(
    """
    UPDATE alerts r SET state = 'planned' FROM alerts f
    WHERE r.case_id = :case AND r.state = 'paused' AND f.id = r.first_id AND f.state = 'planned'
    """
)


def _remind_again(case_id: UUID, *, uow: UnitOfWork) -> None:
    """What the closing paused: planned again if its date is ahead, else cancelled."""
    values = {"case": case_id, "now": uow.now(), "today": uow.today()}
    uow.session.execute(_AGAIN, values)
    uow.session.execute(_CLIMB_AGAIN, {"case": case_id})
    over = update(Alert).where(Alert.case_id == case_id, Alert.state == AlertState.PAUSED)
    uow.session.execute(over.values(state=AlertState.CANCELLED))
    uow.wake()


def watch(case_id: UUID, review_on: date, *, actor: Actor, uow: UnitOfWork) -> Case:
    """Nothing to do for now; whoever is the reference worker then is reminded on that day."""
    policy.require_reference_worker(access_to(case_id, uow=uow))
    case = load(Case, case_id, uow=uow)
    before = {"state": case.state, "review_on": case.review_on, "version": case.version}
    case.watch(review_on, uow.today())
    uow.session.flush()
    alerts.cancel(case_id, kind=WATCH_REVIEW, uow=uow)
    review = NewAlert(
        kind=WATCH_REVIEW,
        case_id=case_id,
        object_id=case_id,
        object_version=case.version,
        due_at=brussels(review_on, AT),
        recipient_role=RecipientRole.REFERENCE_WORKER,
        facts={"due_on": review_on.isoformat()},
    )
    alerts.plan([review], uow=uow)
    after = {"state": case.state, "review_on": review_on, "version": case.version}
    uow.record("watch_case", case, actor=actor, case_id=case_id, before=before, after=after)
    return case


def resume(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Case:
    """There is something to do again before the day of review."""
    policy.require_reference_worker(access_to(case_id, uow=uow))
    case = load(Case, case_id, uow=uow)
    before = {"state": case.state, "review_on": case.review_on, "version": case.version}
    case.resume()
    uow.session.flush()
    alerts.cancel(case_id, kind=WATCH_REVIEW, uow=uow)
    after = {"state": case.state, "version": case.version}
    uow.record("resume_case", case, actor=actor, case_id=case_id, before=before, after=after)
    return case
