"""Operations on terms of judgments, payment plans and the ledger of arrears."""

from typing import Any
from uuid import UUID

from case_api.api import Blueprint, Reply
from case_api.evictions.terms.schemas import (
    ArrearsOut,
    CancelTermIn,
    MissTermIn,
    PayInstalmentIn,
    RecordArrearsIn,
    ResumeTermIn,
    SetTermIn,
    TermOut,
)
from services.evictions.terms import arrears
from services.evictions.terms import commands as terms
from services.evictions.terms import queries as term_queries
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "terms", __name__, description="Terms, payment plans, arrears", url_prefix="/api/v1"
)


@api.command(
    "POST",
    "/cases/<uuid:case_id>/terms",
    takes=SetTermIn,
    gives=TermOut,
    status=201,
    summary="Set a term of a judgment, or a payment plan agreed without one",
    description=(
        "It is watched: what is not kept by its day raises an alert and a task. A case is not"
        " closed while a term of a judgment is open."
    ),
)
def set_term(data: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    cmd = terms.SetTerm(case_id=case_id, **data)
    return _term(terms.set_term(cmd, actor=actor, uow=uow).id, actor=actor, uow=uow)


@api.query("/cases/<uuid:case_id>/terms", gives=[TermOut], summary="Terms and payment plans")
def list_terms(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return term_queries.terms_of(case_id, actor=actor, uow=uow)


@api.query("/terms/<uuid:term_id>", gives=TermOut, summary="A term with its instalments")
def get_term(term_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return _term(term_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/terms/<uuid:term_id>/instalments/<uuid:instalment_id>/payment",
    takes=PayInstalmentIn,
    gives=TermOut,
    status=200,
    expects_version=True,
    summary="Mark an instalment as paid; with the last one the plan is over",
)
def pay_instalment(
    data: Any,
    term_id: UUID,
    instalment_id: UUID,
    *,
    version: int,
    actor: Actor,
    uow: UnitOfWork,
) -> Any:
    terms.pay_instalment(
        term_id, instalment_id, data["paid_on"], version=version, actor=actor, uow=uow
    )
    return _term(term_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/terms/<uuid:term_id>/miss",
    takes=MissTermIn,
    gives=TermOut,
    status=200,
    expects_version=True,
    summary="Record that it was not kept, from its day on",
)
def miss_term(data: Any, term_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> Any:
    part = data.get("instalment_id")
    terms.miss_term(term_id, part, version=version, actor=actor, uow=uow)
    return _term(term_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/terms/<uuid:term_id>/resumption",
    takes=ResumeTermIn,
    gives=TermOut,
    status=200,
    expects_version=True,
    summary="Resume what was missed: with instalments to catch up, or another day",
)
def resume_term(data: Any, term_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> Any:
    day, parts = data.get("due_on"), data["instalments"]
    terms.resume_term(term_id, day, parts, version=version, actor=actor, uow=uow)
    return _term(term_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/terms/<uuid:term_id>/completion",
    gives=TermOut,
    status=200,
    expects_version=True,
    summary="It is over: kept, or done if something was late",
)
def complete_term(term_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> Any:
    terms.complete_term(term_id, version=version, actor=actor, uow=uow)
    return _term(term_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/terms/<uuid:term_id>/cancellation",
    takes=CancelTermIn,
    gives=TermOut,
    status=200,
    expects_version=True,
    summary="It binds nobody any more, with the reason",
)
def cancel_term(data: Any, term_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> Any:
    terms.cancel_term(term_id, data["reason"], version=version, actor=actor, uow=uow)
    return _term(term_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/cases/<uuid:case_id>/arrears",
    takes=RecordArrearsIn,
    gives=ArrearsOut,
    status=201,
    summary="Write a line of the ledger of arrears; a wrong one is put right by a correction",
)
def record_arrears(data: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    arrears.record_arrears(arrears.RecordArrears(case_id=case_id, **data), actor=actor, uow=uow)
    return arrears.arrears(case_id, actor=actor, uow=uow)


@api.query("/cases/<uuid:case_id>/arrears", gives=ArrearsOut, summary="The ledger and its balance")
def get_arrears(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return arrears.arrears(case_id, actor=actor, uow=uow)


def _term(term_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Reply:
    view = term_queries.term(term_id, actor=actor, uow=uow)
    return Reply(view, location=f"/api/v1/terms/{term_id}")
