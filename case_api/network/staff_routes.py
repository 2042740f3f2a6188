"""Operations on absences and departures: substitutes, and the end of an account."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from case_api.api import Blueprint
from case_api.network.schemas import (
    AccountOut,
    EscalationRulesIn,
    EscalationRulesOut,
    HeldCaseOut,
    NameSubstituteIn,
    NameTeamLeadIn,
    ProfessionalOut,
    SubstitutionOut,
)
from services.cases.team import leaving
from services.network import escalation_rules, substitutes, team_leads
from services.network.escalation_rules import Rung
from services.shared.actor import Actor
from services.shared.alerts import RecipientRole
from services.shared.unit_of_work import UnitOfWork

api = Blueprint("staff", __name__, description="Absences and departures", url_prefix="/api/v1")


@api.command(
    "POST",
    "/me/substitutions",
    takes=NameSubstituteIn,
    gives=SubstitutionOut,
    status=201,
    summary="Name a colleague who stands in for me in all my cases",
)
def name_substitute(data: Any, *, actor: Actor, uow: UnitOfWork) -> Any:
    return substitutes.name_substitute(substitutes.NameSubstitute(**data), actor=actor, uow=uow)


@api.query(
    "/me/substitutions",
    gives=[SubstitutionOut],
    summary="Substitutions I named and those that name me, the latest first",
)
def list_substitutions(*, actor: Actor, uow: UnitOfWork) -> Any:
    return list(substitutes.my_substitutions(actor=actor, uow=uow))


@api.command(
    "POST",
    "/me/substitutions/<uuid:substitution_id>/end",
    gives=SubstitutionOut,
    status=200,
    summary="End a substitution early; access ends with it",
)
def end_substitution(substitution_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return substitutes.end_substitution(substitution_id, actor=actor, uow=uow)


@api.query(
    "/escalation-rules",
    gives=EscalationRulesOut,
    summary="By which steps a legal alert climbs that nobody acknowledges",
)
def get_escalation_rules(*, actor: Actor, uow: UnitOfWork) -> Any:
    return escalation_rules.rules(uow=uow)


@api.command(
    "PUT",
    "/escalation-rules",
    takes=EscalationRulesIn,
    gives=EscalationRulesOut,
    expects_version=True,
    summary="Decide on the steps (administrators); the last one is the coordinator's",
)
def change_escalation_rules(data: Any, *, version: int, actor: Actor, uow: UnitOfWork) -> Any:
    steps = [
        Rung(role=RecipientRole(step["role"]), wait=timedelta(minutes=step["wait_minutes"]))
        for step in data["steps"]
    ]
    return escalation_rules.change_rules(steps, version=version, actor=actor, uow=uow)


@api.command(
    "PUT",
    "/professionals/<uuid:professional_id>/team-lead",
    takes=NameTeamLeadIn,
    gives=ProfessionalOut,
    summary="Say whether they lead the team of their organisation (its administrators)",
)
def name_team_lead(data: Any, professional_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return team_leads.name_team_lead(professional_id, data["leads"], actor=actor, uow=uow)


@api.command(
    "POST",
    "/professionals/<uuid:professional_id>/deactivation",
    gives=AccountOut,
    status=200,
    summary="Close the account of somebody who leaves (administrators)",
    description="Refused with the number of their cases while they are a reference worker.",
)
def close_account(professional_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return leaving.close_account(professional_id, actor=actor, uow=uow)


@api.query(
    "/professionals/<uuid:professional_id>/cases",
    gives=[HeldCaseOut],
    summary="Codes of the cases they answer for (themselves and coordinators)",
)
def list_held_cases(professional_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return [{"code": code} for code in leaving.codes_held(professional_id, uow=uow)]
