"""Operations on the network. Every professional reads it; administrators and coordinators write."""

from typing import Any
from uuid import UUID

from case_api.api import Blueprint, Page
from case_api.network.schemas import (
    ChangeSettingsIn,
    OrganisationListedOut,
    OrganisationOut,
    ProfessionalOut,
    ProtocolOut,
    PublishProtocolIn,
    RegisterOrganisationIn,
    RegisterProfessionalIn,
    SettingsOut,
    SignatureOut,
)
from services.network import commands, queries, settings
from services.network.settings import NotesAfterWithdrawal
from services.shared.actor import Actor, RoleKind
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "network",
    __name__,
    description="Organisations, professionals, the collaboration protocol",
    url_prefix="/api/v1",
)


@api.query("/organisations", gives=[OrganisationListedOut], summary="Organisations of the network")
def list_organisations(*, actor: Actor, uow: UnitOfWork) -> Any:
    return queries.organisations(uow=uow)


@api.command(
    "POST",
    "/organisations",
    takes=RegisterOrganisationIn,
    gives=OrganisationOut,
    status=201,
    summary="Register an organisation (administrators)",
)
def register_organisation(data: Any, *, actor: Actor, uow: UnitOfWork) -> Any:
    cmd = commands.RegisterOrganisation(**data)
    return commands.register_organisation(cmd, actor=actor, uow=uow)


@api.query(
    "/professionals",
    gives=ProfessionalOut,
    paged=True,
    cursor=(str, UUID),
    summary="Professionals of the network, by name",
)
def list_professionals(args: Any, *, actor: Actor, uow: UnitOfWork) -> Any:
    limit = args["limit"]
    found = queries.professionals(after=args["cursor"], limit=limit + 1, uow=uow)
    return Page.cut(found, limit, lambda last: (last.name, last.id))


@api.query("/professionals/<uuid:professional_id>", gives=ProfessionalOut, summary="One of them")
def get_professional(professional_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return queries.professional(professional_id, uow=uow)


@api.command(
    "POST",
    "/professionals",
    takes=RegisterProfessionalIn,
    gives=ProfessionalOut,
    status=201,
    location="/professionals/{id}",
    summary="Register a professional (administrators)",
)
def register_professional(data: Any, *, actor: Actor, uow: UnitOfWork) -> Any:
    roles = tuple(RoleKind(role) for role in data.pop("roles"))
    cantons = tuple(data.pop("cantons"))
    cmd = commands.RegisterProfessional(roles=roles, cantons=cantons, **data)
    made = commands.register_professional(cmd, actor=actor, uow=uow)
    return queries.professional(made.id, uow=uow)


@api.query("/protocols/current", gives=ProtocolOut, summary="The collaboration protocol in force")
def get_protocol(*, actor: Actor, uow: UnitOfWork) -> Any:
    return queries.protocol_in_force(actor=actor, uow=uow)


@api.command(
    "POST",
    "/protocols",
    takes=PublishProtocolIn,
    gives=ProtocolOut,
    status=201,
    location="/protocols/current",
    summary="Publish a new version (coordinators); every organisation is asked to sign again",
)
def publish_protocol(data: Any, *, actor: Actor, uow: UnitOfWork) -> Any:
    commands.publish_protocol(commands.PublishProtocol(**data), actor=actor, uow=uow)
    return queries.protocol_in_force(actor=actor, uow=uow)


@api.command(
    "POST",
    "/protocols/<uuid:protocol_id>/signatures",
    gives=SignatureOut,
    status=201,
    summary="Sign for one's own organisation",
)
def sign_protocol(protocol_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return commands.sign_protocol(protocol_id, actor=actor, uow=uow)


@api.query("/network-settings", gives=SettingsOut, summary="What the network decided for all")
def get_settings(*, actor: Actor, uow: UnitOfWork) -> Any:
    return settings.settings(uow=uow)


@api.command(
    "PUT",
    "/network-settings",
    takes=ChangeSettingsIn,
    gives=SettingsOut,
    expects_version=True,
    summary="Decide for the network (administrators); in force at once",
)
def change_settings(data: Any, *, version: int, actor: Actor, uow: UnitOfWork) -> Any:
    chosen = NotesAfterWithdrawal(data["notes_after_withdrawal"])
    return settings.change_settings(chosen, version=version, actor=actor, uow=uow)
