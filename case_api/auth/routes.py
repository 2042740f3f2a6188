"""Who am I, and where am I logged in?"""

from typing import Any
from uuid import UUID

from case_api.api import Blueprint
from case_api.auth.callers import require_caller
from case_api.auth.schemas import MeOut, SessionOut
from services.calendars import board
from services.cases.team.queries import waiting_for_me
from services.evictions.procedures.queries import postings_to_confirm
from services.network import sessions
from services.network.queries import protocols_to_sign
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "me",
    __name__,
    description="The professional who calls, and their sessions.",
    url_prefix="/api/v1",
)


@api.query("/me", gives=MeOut, summary="Who am I")
def who_am_i(*, actor: Actor, uow: UnitOfWork) -> dict[str, Any]:
    described = sessions.describe(actor=actor, uow=uow)
    return {
        "id": actor.id,
        "name": described.name,
        "organisation_id": actor.organisation_id,
        "organisation": described.organisation,
        "language": actor.language,
        "roles": sorted(actor.roles),
        "cantons": sorted(actor.cantons),
        "csrf_token": require_caller().csrf_token,
        "waiting": _waiting(actor=actor, uow=uow),
    }


def _waiting(*, actor: Actor, uow: UnitOfWork) -> dict[str, int]:
    invitations, handovers = waiting_for_me(uow=uow)
    counted = board.counts(uow=uow)
    return {
        "protocols": protocols_to_sign(actor=actor, uow=uow),
        "invitations": invitations,
        "handovers": handovers,
        "postings": postings_to_confirm(uow=uow),
        "deadlines_overdue": counted.overdue,
        "deadlines_in_a_week": counted.in_a_week,
        "deadlines_overridden": counted.overridden,
        "deadlines_in_doubt": counted.in_doubt,
        "hearings_in_a_week": counted.hearings_in_a_week,
        "hearings_ahead": counted.hearings_ahead,
        "tasks_overdue": counted.tasks_overdue,
        "tasks_in_a_week": counted.tasks_in_a_week,
    }


@api.query("/me/sessions", gives=[SessionOut], summary="My sessions")
def list_my_sessions(*, actor: Actor, uow: UnitOfWork) -> list[dict[str, Any]]:
    here = require_caller().session_id
    mine = sessions.list_sessions(actor=actor, uow=uow)
    return [{**vars(each), "current": each.id == here} for each in mine]


@api.command("DELETE", "/me/sessions/<uuid:login_session_id>", summary="End one of my sessions")
def end_my_session(login_session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> None:
    sessions.end_session(login_session_id, actor=actor, uow=uow)
