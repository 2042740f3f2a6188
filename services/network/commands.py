"""Register organisations and professionals; publish and sign the collaboration protocol."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from services.network import policy
from services.network.courts.queries import canton_named
from services.network.model import (
    Identity,
    Organisation,
    Professional,
    ProfessionalCanton,
    ProfessionalRole,
    Protocol,
    ProtocolSignature,
)
from services.shared.actor import Actor, RoleKind
from services.shared.errors import Conflict, RuleBroken
from services.shared.loading import load
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class RegisterOrganisation:
    name: str
    sector: str
    kind: str
    public_welfare_centre: bool = False


def register_organisation(
    cmd: RegisterOrganisation, *, actor: Actor, uow: UnitOfWork
) -> Organisation:
    policy.require_network_administrator(actor)
    organisation = Organisation(**vars(cmd))
    uow.session.add(organisation)
    try:
        uow.session.flush()
    except IntegrityError as taken:
        raise Conflict("organisation-name-taken") from taken
    after = {
        "kind": organisation.kind,
        "sector": organisation.sector,
        "public_welfare_centre": cmd.public_welfare_centre,
    }
    uow.record("register_organisation", organisation, actor=actor, case_id=None, after=after)
    return organisation


@dataclass(frozen=True, kw_only=True)
class RegisterProfessional:
    """`issuer` and `subject` are how their OpenID provider names them; e-mail is for messages."""

    organisation_id: UUID
    name: str
    email: str
    language: str
    roles: tuple[RoleKind, ...]
    cantons: tuple[str, ...] = ()
    issuer: str
    subject: str


def register_professional(
    cmd: RegisterProfessional, *, actor: Actor, uow: UnitOfWork
) -> Professional:
    policy.require_registrar(actor, cmd.organisation_id, cmd.roles)
    if cmd.cantons and RoleKind.LIAISON not in cmd.roles:
        raise RuleBroken("cantons-without-liaison")
    load(Organisation, cmd.organisation_id, uow=uow)
    cantons = sorted({canton_named(words, uow=uow) for words in cmd.cantons})
    professional = Professional(
        organisation_id=cmd.organisation_id, name=cmd.name, email=cmd.email, language=cmd.language
    )
    uow.session.add(professional)
    uow.session.flush()
    uow.session.add_all(
        [ProfessionalRole(professional_id=professional.id, role=r.value) for r in set(cmd.roles)]
        + [ProfessionalCanton(professional_id=professional.id, canton=k) for k in cantons]
    )
    uow.session.add(
        Identity(issuer=cmd.issuer, subject=cmd.subject, professional_id=professional.id)
    )
    try:
        uow.session.flush()
    except IntegrityError as taken:
        raise Conflict("identity-taken") from taken
    after = {
        "organisation": cmd.organisation_id,
        "roles": sorted(set(cmd.roles)),
        "cantons": cantons,
    }
    uow.record("register_professional", professional, actor=actor, case_id=None, after=after)
    return professional


@dataclass(frozen=True, kw_only=True)
class PublishProtocol:
    title: str
    body: str


def publish_protocol(cmd: PublishProtocol, *, actor: Actor, uow: UnitOfWork) -> Protocol:
    """A new version is in force at once, and every organisation is asked to sign again."""
    policy.require_role(actor, RoleKind.COORDINATOR)
    newest = uow.session.scalar(select(func.max(Protocol.number))) or 0
    protocol = Protocol(
        number=newest + 1,
        title=cmd.title,
        body=cmd.body,
        published_at=uow.now(),
        published_by=actor.id,
    )
    uow.session.add(protocol)
    try:
        uow.session.flush()
    except IntegrityError as raced:
        raise Conflict("protocol-just-published") from raced
    uow.record(
        "publish_protocol",
        protocol,
        actor=actor,
        case_id=None,
        before={"number": newest} if newest else None,
        after={"number": protocol.number},
    )
    return protocol


def sign_protocol(protocol_id: UUID, *, actor: Actor, uow: UnitOfWork) -> ProtocolSignature:
    """Sign the version in force for the actor's own organisation. Signing twice changes nothing."""
    policy.require_signatory(actor)
    protocol = load(Protocol, protocol_id, uow=uow)
    if protocol.number != uow.session.scalar(select(func.max(Protocol.number))):
        raise Conflict("protocol-superseded")
    key = (protocol_id, actor.organisation_id)
    signature = uow.session.get(ProtocolSignature, key)
    if signature is None:
        signature = ProtocolSignature(
            protocol_id=protocol_id,
            organisation_id=actor.organisation_id,
            signed_at=uow.now(),
            signed_by=actor.id,
        )
        uow.session.add(signature)
        uow.session.flush()
        after = {"number": protocol.number, "organisation": actor.organisation_id}
        uow.record("sign_protocol", protocol, actor=actor, case_id=None, after=after)
    return signature
