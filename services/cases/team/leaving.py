"""A worker leaves: no case may be left without somebody who answers for it (F10)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text

from services.cases.events import DepartureRefused
from services.cases.model import Case, CaseState, ReferenceAssignment
from services.network.events import ProfessionalLeft
from services.network.model import Professional
from services.network.policy import require_role
from services.shared import alerts
from services.shared.actor import Actor, RoleKind
from services.shared.alerts import Alert, NewAlert, RecipientRole
from services.shared.errors import Conflict, DomainError, NotFound, RuleBroken
from services.shared.loading import load
from services.shared.unit_of_work import UnitOfWork

ORPHANED = "cases.orphaned"
LEAVING = "cases.reference_leaving"
# As refresh_access_of_network() in access.sql does.
_HOLD_THE_NETWORK = text("SELECT pg_advisory_xact_lock(7410212)")
_HELD = text("SELECT held, codes FROM cases_held(:professional)")


@dataclass(frozen=True)
class HeldCases:
    """`codes` is None for whoever may only know how many there are."""

    count: int
    codes: list[str] | None


def held_cases(professional_id: UUID, *, uow: UnitOfWork) -> HeldCases:
    held, codes = uow.session.execute(_HELD, {"professional": professional_id}).one()
    return HeldCases(count=held, codes=codes)


def codes_held(professional_id: UUID, *, uow: UnitOfWork) -> list[str]:
    """Codes of the cases that a professional leads, for them and coordinators; else NotFound."""
    codes = held_cases(professional_id, uow=uow).codes
    if codes is None:
        raise NotFound
    return codes


def close_account(
    professional_id: UUID, *, actor: Actor, uow: UnitOfWork
) -> Professional | DomainError:
    """Deactivate; sessions, places and substitutions end with the account (access.sql).

    While they hold cases the refusal is returned, not raised: the event that it records goes out,
    so that the reference worker and the coordinators hear what has to be handed over.
    """
    require_role(actor, RoleKind.ADMINISTRATOR)
    leaver = load(Professional, professional_id, uow=uow)
    if leaver.id == actor.id:
        raise RuleBroken("own-account")
    # From here nobody becomes the reference worker of a case under this name: that would wait in
    # refresh_access_of_rows. Held before any row is, so that neither waits in a circle.
    uow.session.execute(_HOLD_THE_NETWORK)
    uow.session.refresh(leaver)
    if not leaver.active:
        raise Conflict("account-already-closed")
    held = held_cases(leaver.id, uow=uow).count
    if held:
        uow.record(
            "refuse_departure",
            leaver,
            actor=actor,
            case_id=None,
            after={"held": held},
            event=DepartureRefused(professional_id=leaver.id),
        )
        return Conflict("still-reference-worker", count=held)
    leaver.active = False
    uow.record(
        "close_account",
        leaver,
        actor=actor,
        case_id=None,
        after={"active": False},
        event=ProfessionalLeft(professional_id=leaver.id),
    )
    return leaver


def announce_departure(professional_id: UUID, *, uow: UnitOfWork) -> None:
    """Tell the leaver and the coordinators, once a day for each case that is still held."""
    rows = uow.session.execute(
        select(Case.id, Case.code)
        .join(ReferenceAssignment, ReferenceAssignment.case_id == Case.id)
        .where(ReferenceAssignment.professional_id == professional_id)
        .where(ReferenceAssignment.period.contains(uow.now()), Case.state != CaseState.CLOSED)
    )
    told = [
        NewAlert(
            kind=LEAVING,
            case_id=row.id,
            object_id=row.id,
            due_at=uow.now(),
            rung=uow.today().isoformat(),
            recipient_role=role,
            facts={"code": row.code},
        )
        for row in rows
        for role in (RecipientRole.REFERENCE_WORKER, RecipientRole.COORDINATOR)
    ]
    alerts.plan(told, uow=uow)


def report_orphans(*, uow: UnitOfWork) -> int:
    """Every case whose reference worker is no longer active, told once. For the timetable.

    No command leads there: it is what a change by hand in the database would leave behind.
    """
    rows = uow.session.execute(
        select(ReferenceAssignment.id, ReferenceAssignment.case_id, Case.code)
        .join(Case, Case.id == ReferenceAssignment.case_id)
        .join(Professional, Professional.id == ReferenceAssignment.professional_id)
        .where(ReferenceAssignment.period.contains(uow.now()), Case.state != CaseState.CLOSED)
        .where(Professional.active.is_(False))
        .where(
            ~select(Alert.id)
            .where(Alert.object_id == ReferenceAssignment.id, Alert.kind == ORPHANED)
            .exists()
        )
    ).all()
    orphans = [
        NewAlert(
            kind=ORPHANED,
            case_id=row.case_id,
            object_id=row.id,
            due_at=uow.now(),
            recipient_role=RecipientRole.COORDINATOR,
            facts={"code": row.code},
        )
        for row in rows
    ]
    alerts.plan(orphans, uow=uow)
    return len(orphans)
