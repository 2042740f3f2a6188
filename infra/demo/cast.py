"""The demo's people, each acting in a transaction of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from infra.bootstrap import FirstAdministrator, first_administrator
from infra.database import Database
from services.network import commands as network
from services.shared.actor import Actor, RoleKind
from services.shared.clock import Clock
from services.shared.unit_of_work import UnitOfWork

PROTOCOL = """\
Article 1. Chaque organisation partage ce à quoi le ménage a consenti, et rien d'autre.
Artikel 2. Elke organisatie wijst een aanspreekpunt aan en antwoordt binnen twee werkdagen.
Article 3. A reference worker answers for the file until a colleague has accepted to take over.
"""


@dataclass(frozen=True)
class Cast:
    api: Database
    clock: Clock
    actors: dict[str, Actor]

    @contextmanager
    def acts(self, key: str) -> Iterator[tuple[Actor, UnitOfWork]]:
        """What this person does in the block is one transaction under the API's role."""
        actor = self.actors[key]
        with self.api.transaction(clock=self.clock, actor=actor) as uow:
            yield actor, uow

    def in_days(self, days: int) -> datetime:
        return self.clock.now() + timedelta(days=days)


def email_of(person: dict[str, Any]) -> str:
    return f"{person['key']}@{person['organisation']}.example"


def gather(
    people: dict[str, Any], *, owner: Database, api: Database, clock: Clock, issuer: str
) -> Cast:
    """Register everybody of a network file and have each organisation sign the protocol."""
    first, *others = people["professional"]
    organisations = {row["key"]: row for row in people["organisation"]}
    home = organisations[first["organisation"]]
    administrator = first_administrator(
        FirstAdministrator(
            organisation=home["name"],
            sector=home["sector"],
            name=first["name"],
            email=email_of(first),
            language=first["language"],
            issuer=issuer,
            subject=first["key"],
        ),
        owner=owner,
        clock=clock,
        roles=(RoleKind.COORDINATOR,),
    )
    cast = Cast(api=api, clock=clock, actors={first["key"]: administrator})
    ids = {home["key"]: administrator.organisation_id}
    with cast.acts(first["key"]) as (actor, uow):
        for key, row in organisations.items():
            if key not in ids:
                cmd = network.RegisterOrganisation(
                    name=row["name"],
                    sector=row["sector"],
                    kind=row["kind"],
                    public_welfare_centre=row.get("public_welfare_centre", False),
                )
                ids[key] = network.register_organisation(cmd, actor=actor, uow=uow).id
        for person in others:
            cast.actors[person["key"]] = _register(person, ids, issuer, actor, uow)
    _sign(cast, people["professional"])
    return cast


def _register(
    person: dict[str, Any],
    organisations: dict[str, UUID],
    issuer: str,
    actor: Actor,
    uow: UnitOfWork,
) -> Actor:
    roles = tuple(RoleKind(role) for role in person["roles"])
    made = network.register_professional(
        network.RegisterProfessional(
            organisation_id=organisations[person["organisation"]],
            name=person["name"],
            email=email_of(person),
            language=person["language"],
            roles=roles,
            cantons=tuple(person["cantons"]),
            issuer=issuer,
            subject=person["key"],
        ),
        actor=actor,
        uow=uow,
    )
    return Actor(
        id=made.id,
        organisation_id=made.organisation_id,
        language=made.language,
        roles=frozenset(roles),
        cantons=frozenset(person["cantons"]),
    )


def _sign(cast: Cast, people: list[dict[str, Any]]) -> None:
    with cast.acts(people[0]["key"]) as (actor, uow):
        cmd = network.PublishProtocol(title="Protocole · Protocol 2026", body=PROTOCOL)
        protocol = network.publish_protocol(cmd, actor=actor, uow=uow).id
    signatories: dict[str, str] = {}
    for person in people:
        signatories.setdefault(person["organisation"], person["key"])
    for key in signatories.values():
        with cast.acts(key) as (actor, uow):
            network.sign_protocol(protocol, actor=actor, uow=uow)
