"""Operations on the ballot of a session."""

from typing import Any
from uuid import UUID

from case_api.api import Blueprint, Reply
from case_api.context import maillage
from case_api.intervisions.ballots.schemas import (
    FINAL,
    BallotDryRunOut,
    BallotOut,
    BallotResultOut,
    BallotTermsIn,
    CastPaperIn,
    VoidBallotIn,
)
from services.intervisions.ballots import commands as ballots
from services.intervisions.ballots import queries as ballot_queries
from services.intervisions.ballots import votes as ballot_votes
from services.intervisions.ballots.votes import Mark
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "ballots",
    __name__,
    description="Ballots: a secret vote among the proposals of a session",
    url_prefix="/api/v1",
)
_OF_SESSION = "/intervision-sessions/<uuid:session_id>/ballot"
_BALLOT = "/ballots/<uuid:ballot_id>"


@api.command(
    "POST",
    _OF_SESSION,
    takes=BallotTermsIn,
    gives=BallotOut,
    status=201,
    summary="Plan the ballot of a session (its facilitator)",
    description="It opens and closes by itself. Its rules can be changed until it opens.",
)
def plan_ballot(data: Any, session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    made = ballots.plan_ballot(
        session_id,
        ballots.AskedTerms(**data),
        keys=maillage().case_keys,
        actor=actor,
        uow=uow,
    )
    location = f"/api/v1/intervision-sessions/{session_id}/ballot"
    return Reply(ballot_queries.view_of(made, actor=actor, uow=uow), location=location)


@api.query(
    _OF_SESSION,
    gives=BallotOut,
    summary="The ballot of a session: rules, options, and whether I voted",
    description=(
        "No total, no paper and no turnout before it is closed and counted; then see its result."
    ),
)
def get_ballot(session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return ballot_queries.ballot_of_session(session_id, actor=actor, uow=uow)


@api.command(
    "PUT",
    _BALLOT,
    takes=BallotTermsIn,
    gives=BallotOut,
    expects_version=True,
    summary="Change the rules of a ballot that has not opened",
)
def change_ballot(
    data: Any, ballot_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    terms = ballots.AskedTerms(**data)
    changed = ballots.change_ballot(ballot_id, terms, version=version, actor=actor, uow=uow)
    return ballot_queries.view_of(changed, actor=actor, uow=uow)


@api.query(
    f"{_BALLOT}/dry-run",
    gives=BallotDryRunOut,
    summary="What a planned ballot would freeze if it opened now",
)
def dry_run_ballot(ballot_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return ballot_queries.dry_run(ballot_id, uow=uow)


@api.command(
    "POST",
    f"{_BALLOT}/papers",
    takes=CastPaperIn,
    # An answer that is kept is kept with a hash of the request: from it a choice could be guessed.
    keeps_answer=False,
    summary="Vote: give points to proposals, once and for good",
    description=(
        f"{FINAL} Points at most as many as the ballot says; fewer are allowed. Sent again after a"
        " broken connection it is refused as a second vote: then the first one counts."
    ),
)
def cast_paper(data: Any, ballot_id: UUID, *, actor: Actor, uow: UnitOfWork) -> None:
    marks = [Mark(**each) for each in data["choices"]]
    ballot_votes.cast_paper(ballot_id, marks, keys=maillage().case_keys, actor=actor, uow=uow)


@api.command(
    "POST",
    f"{_BALLOT}/void",
    takes=VoidBallotIn,
    gives=BallotOut,
    status=200,
    expects_version=True,
    summary="Call a ballot off before it closes; its papers are destroyed unread",
)
def void_ballot(data: Any, ballot_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> Any:
    voided = ballots.void_ballot(ballot_id, data["reason"], version=version, actor=actor, uow=uow)
    return ballot_queries.view_of(voided, actor=actor, uow=uow)


@api.query(
    f"{_BALLOT}/result",
    gives=BallotResultOut,
    summary="The result of a closed ballot, with the papers and the seed to count again",
)
def get_ballot_result(ballot_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return ballot_queries.result_of(ballot_id, uow=uow)
