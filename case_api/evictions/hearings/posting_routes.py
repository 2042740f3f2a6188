"""Operations on dates that a liaison posts: read, confirmed, rejected."""

from typing import Any
from uuid import UUID

from case_api.evictions.hearings.posting_schemas import PostDateIn, PostingWithDifferenceOut
from case_api.evictions.procedures.routes import api, procedure_reply
from case_api.evictions.procedures.schemas import ProcedureOut
from services.evictions.hearings import commands as hearings
from services.evictions.procedures import queries
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork


@api.command(
    "POST",
    "/procedures/<uuid:procedure_id>/postings",
    takes=PostDateIn,
    gives=PostingWithDifferenceOut,
    status=201,
    location="/postings/{id}",
    summary="Post a date heard at the court (liaison); the team confirms it",
)
def post_date(data: Any, procedure_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    cmd = hearings.PostDate(procedure_id=procedure_id, **data)
    posting = hearings.post_date(cmd, actor=actor, uow=uow)
    return queries.posting(posting.id, actor=actor, uow=uow)


@api.query(
    "/postings/<uuid:posting_id>",
    gives=PostingWithDifferenceOut,
    summary="A posted date beside what stands now",
)
def get_posting(posting_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return queries.posting(posting_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/postings/<uuid:posting_id>/confirmation",
    gives=ProcedureOut,
    status=200,
    summary="Confirm a posted date: it is applied",
)
def confirm_posting(posting_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    posting = hearings.answer_posting(posting_id, confirm=True, actor=actor, uow=uow)
    return procedure_reply(posting.procedure_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/postings/<uuid:posting_id>/rejection",
    gives=ProcedureOut,
    status=200,
    summary="Reject a posted date: nothing changes",
)
def reject_posting(posting_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    posting = hearings.answer_posting(posting_id, confirm=False, actor=actor, uow=uow)
    return procedure_reply(posting.procedure_id, actor=actor, uow=uow)
