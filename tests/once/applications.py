"""The program's application, built once a process and furnished anew for each test."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask

from case_api.app import create_app, furnish
from case_api.auth.keys import Provider
from infra.database import Database
from infra.settings import Settings
from services.shared.clock import Clock
from tests.guards.setting_up import SET_UP
from tests.once.lending import Shelf
from tests.outside.serving import Door


@dataclass
class Served:
    """An application, and the port at which it answers as long as the process lives."""

    app: Flask
    port: int


class Applications:
    """Lends the application with the settings, the clock and the database of one test.

    `completed` adds to its routes before it answers anything.
    """

    def __init__(self, completed: Callable[[Flask], None] = lambda _app: None) -> None:
        self._completed = completed
        self._doors: list[Door] = []
        self._shelf: Shelf[Served] = Shelf()

    @contextmanager
    def lent(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        database: Database | None = None,
        provider: Provider | None = None,
    ) -> Iterator[Served]:
        with self._shelf.lent(lambda: self._built(settings)) as served:
            furnish(served.app, settings, clock=clock, database=database, provider=provider)
            yield served

    def _built(self, settings: Settings) -> Served:
        SET_UP["applications built"] += 1
        app = create_app(settings)
        self._completed(app)
        self._doors.append(Door(app))
        return Served(app, self._doors[-1].port)

    def close(self) -> None:
        for door in self._doors:
            door.close()
