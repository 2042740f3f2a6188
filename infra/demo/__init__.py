"""The demo network: four organisations, eight professionals, six cases, a circle of peers;
everybody is invented.

Everything is done by the people themselves, through the same commands as in the API and under the
API's database role; only the first administrator is made by the owner.
"""

import json
import tomllib
from pathlib import Path
from typing import Any

from sqlalchemy import text

from infra.database import Database
from infra.demo import cases, circle
from infra.demo.cast import email_of, gather
from infra.embedded.openid.people import people_file
from infra.settings import Settings
from services.shared.clock import Clock, SystemClock


def seed(settings: Settings, clock: Clock | None = None) -> None:
    """Fill an empty database; on a full one only see that the demo people can log in."""
    clock = clock or SystemClock()
    people = tomllib.loads((Path(__file__).parent / "network.toml").read_text(encoding="utf-8"))
    write_people(settings, people["professional"])
    owner = Database(settings.owner_database_url, pool_size=1)
    api = Database(settings.database_url, pool_size=1)
    try:
        if not _adopt_issuer(owner, clock, settings.oidc_issuer):
            cast = gather(people, owner=owner, api=api, clock=clock, issuer=settings.oidc_issuer)
            cases.open_all(cast)
            circle.meet(cast)
    finally:
        owner.dispose()
        api.dispose()


def write_people(settings: Settings, people: list[dict[str, Any]]) -> None:
    """The list from which the demo provider and the first page show who can log in."""
    if settings.data_dir is None:
        return
    path = people_file(settings.data_dir)
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [
        {
            "subject": person["key"],
            "name": person["name"],
            "email": email_of(person),
            "role": ", ".join(person["roles"]),
        }
        for person in people
    ]
    path.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")


def _adopt_issuer(owner: Database, clock: Clock, issuer: str) -> bool:
    """The demo provider's port may change between starts: same people, new issuer.

    False if there is nobody yet.
    """
    with owner.transaction(clock=clock, actor=None) as uow:
        adopt = "UPDATE identities SET issuer = :issuer WHERE issuer LIKE 'http://127.0.0.1:%'"
        uow.session.execute(text(adopt), {"issuer": issuer})
        return bool(uow.session.scalar(text("SELECT EXISTS (SELECT 1 FROM professionals)")))
