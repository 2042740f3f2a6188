"""Operations on what a case says of intervision: the household's answer, and the impasse."""

from datetime import datetime
from typing import Any
from uuid import UUID

from case_api.api import Blueprint, Page
from case_api.intervisions.stances.schemas import (
    AgreementOut,
    ImpasseListedOut,
    ImpasseOut,
    RecordAgreementIn,
)
from services.intervisions.stances import agreements, impasses
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "intervision-stance",
    __name__,
    description="Whether a household agrees to intervision, and which cases are at an impasse",
    url_prefix="/api/v1",
)
_AGREEMENTS = "/cases/<uuid:case_id>/intervision-agreements"
_IMPASSE = "/cases/<uuid:case_id>/impasse"


@api.command(
    "POST",
    _AGREEMENTS,
    takes=RecordAgreementIn,
    gives=AgreementOut,
    status=201,
    summary="Record whether the household agrees to intervision",
    description="The other answer, if there was one, ends. A refusal ends what was proposed.",
)
def record_agreement(data: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    cmd = agreements.RecordAgreement(case_id=case_id, **data)
    return agreements.record_agreement(cmd, actor=actor, uow=uow)


@api.query(
    _AGREEMENTS, gives=[AgreementOut], summary="What the household said of intervision so far"
)
def list_agreements(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return agreements.agreements(case_id, actor=actor, uow=uow)


@api.command(
    "POST",
    f"{_AGREEMENTS}/<uuid:agreement_id>/withdrawal",
    gives=AgreementOut,
    status=200,
    expects_version=True,
    summary="The household takes its answer back: what was proposed vanishes at once",
)
def withdraw_agreement(
    case_id: UUID, agreement_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    return agreements.withdraw_agreement(
        case_id, agreement_id, version=version, actor=actor, uow=uow
    )


@api.command(
    "POST",
    _IMPASSE,
    gives=ImpasseOut,
    status=201,
    summary="Say that the team does not know how to go on",
    description="The reference worker is told, and may propose the case to the next session.",
)
def flag_impasse(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return impasses.flag_impasse(case_id, actor=actor, uow=uow)


@api.query(_IMPASSE, gives=ImpasseOut, summary="The impasse of a case, if it is at one")
def get_impasse(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return impasses.impasse(case_id, actor=actor, uow=uow)


@api.command(
    "POST",
    f"{_IMPASSE}/lifting",
    gives=ImpasseOut,
    status=200,
    expects_version=True,
    summary="Say that the team knows how to go on again",
)
def lift_impasse(case_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> Any:
    return impasses.lift_impasse(case_id, version=version, actor=actor, uow=uow)


@api.query(
    "/cases/impasses",
    gives=ImpasseListedOut,
    paged=True,
    cursor=(datetime, UUID),
    summary="Which of my cases are at an impasse, the longest first",
)
def list_impasses(args: Any, *, actor: Actor, uow: UnitOfWork) -> Any:
    limit = args["limit"]
    found = impasses.impasses(after=args["cursor"], limit=limit + 1, uow=uow)
    return Page.cut(found, limit, lambda last: (last.flagged_at, last.case_id))
