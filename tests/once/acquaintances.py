"""The people of a network, registered once a process and put back for each test."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import psycopg

from infra.database import Database
from infra.demo.cast import Cast, gather
from services.shared.clock import Clock
from tests.guards.setting_up import SET_UP
from tests.once.emptying import Rows, copied, put_back


def registered(people: dict[str, Any], **parts: Any) -> Cast:
    """As `infra.demo.cast.gather`, counted."""
    SET_UP["people registered"] += len(people["professional"])
    return gather(people, **parts)


class Acquaintances:
    """Known by who they are, who vouches for them and when they were registered; and by the server,
    since each numbers its rows by itself."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, datetime, str], tuple[Cast, Rows]] = {}

    def rows(
        self, people: dict[str, Any], server: psycopg.Connection, issuer: str, at: datetime
    ) -> Rows:
        """What stood there when they were all registered."""
        return self._known[json.dumps(people), issuer, at, server.info.host][1]

    def gathered(
        self,
        people: dict[str, Any],
        empty: psycopg.Connection,
        *,
        owner: Database,
        api: Database,
        clock: Clock,
        issuer: str,
    ) -> Cast:
        """As `infra.demo.cast.gather`, into the empty tables behind `empty`."""
        key = (json.dumps(people), issuer, clock.now(), empty.info.host)
        if key in self._known:
            cast, rows = self._known[key]
            put_back(empty, rows)
        else:
            cast = registered(people, owner=owner, api=api, clock=clock, issuer=issuer)
            self._known[key] = (cast, copied(empty))
        return replace(cast, api=api, clock=clock, actors=dict(cast.actors))
