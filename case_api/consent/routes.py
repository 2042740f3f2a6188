"""Operations on the consents of a case, for its reference worker."""

from typing import Any
from uuid import UUID

from case_api.api import Blueprint, Reply
from case_api.consent.schemas import (
    ConsentOut,
    OfferedCategoriesArgs,
    OfferedCategoriesOut,
    RecordConsentIn,
    RenewConsentIn,
)
from services.cases.team import offered
from services.consent import commands, policy, queries
from services.shared.actor import Actor
from services.shared.errors import NotFound
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "consent", __name__, description="What the household agreed to", url_prefix="/api/v1"
)


@api.command(
    "POST",
    "/cases/<uuid:case_id>/consents",
    takes=RecordConsentIn,
    gives=ConsentOut,
    status=201,
    summary="Record a consent; it opens what it says at once",
)
def record_consent(data: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    provisions = tuple(commands.NewProvision(**each) for each in data.pop("provisions"))
    cmd = commands.RecordConsent(case_id=case_id, **data, provisions=provisions)
    consent = commands.record_consent(cmd, actor=actor, uow=uow)
    return _consent(case_id, consent.id, actor=actor, uow=uow)


@api.query(
    "/cases/<uuid:case_id>/consents",
    gives=[ConsentOut],
    summary="Consents of a case, ended ones too",
)
def list_consents(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    policy.require_lead(queries.access_to(case_id, uow=uow))
    return queries.consents(case_id, actor=actor, uow=uow)


@api.query(
    "/cases/<uuid:case_id>/consents/<uuid:consent_id>", gives=ConsentOut, summary="A consent"
)
def get_consent(case_id: UUID, consent_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return _consent(case_id, consent_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/cases/<uuid:case_id>/consents/<uuid:consent_id>/withdrawal",
    gives=ConsentOut,
    status=200,
    expects_version=True,
    summary="Withdraw a consent; what it opened is closed at once",
)
def withdraw_consent(
    case_id: UUID, consent_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    commands.withdraw_consent(case_id, consent_id, version=version, actor=actor, uow=uow)
    return _consent(case_id, consent_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/cases/<uuid:case_id>/consents/<uuid:consent_id>/renewal",
    takes=RenewConsentIn,
    gives=ConsentOut,
    status=201,
    expects_version=True,
    summary="Renew a consent: the same again until a new end, without a gap",
)
def renew_consent(
    data: Any, case_id: UUID, consent_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    cmd = commands.Evidence(**data)
    consent = commands.renew_consent(
        case_id, consent_id, cmd, version=version, actor=actor, uow=uow
    )
    return _consent(case_id, consent.id, actor=actor, uow=uow)


@api.query(
    "/cases/<uuid:case_id>/offered-categories",
    gives=OfferedCategoriesOut,
    args=OfferedCategoriesArgs,
    summary="The categories to propose for a role in the team; never a sensitive one",
)
def get_offered_categories(args: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    policy.require_lead(queries.access_to(case_id, uow=uow))
    return {"role": args["role"], "categories": offered.categories_for(args["role"])}


def _consent(case_id: UUID, consent_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Reply:
    found = queries.consents(case_id, consent_id=consent_id, actor=actor, uow=uow)
    if not found:
        raise NotFound
    view = found[0]
    return Reply(view, version=view.version)
