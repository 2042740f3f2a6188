"""Where a justice of the peace sits, in a reader's words: the court, its canton, its address."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from services.network.courts.queries import Courts, CourtView, courts
from services.shared.unit_of_work import UnitOfWork
from services.shared.words.catalogue import say, spoken


@dataclass(frozen=True)
class CourtPlace:
    """The court of a canton; `names` are the canton's by language, `address` one line or None."""

    code: str
    names: dict[str, Any]
    address: str | None

    def court(self, language: str) -> str:
        """`Justice de paix du canton d’Uccle`, `Vredegerecht van het kanton Ukkel`."""
        said = spoken(language)
        name = self.names.get(said) or self.code
        return say("court.of_canton", said, canton=name)

    def whole(self, language: str) -> str:
        """The court and, where it is known, its address."""
        return ", ".join(filter(None, (self.court(language), self.address)))


def place_of(canton: str, *, uow: UnitOfWork) -> CourtPlace:
    """The court of a canton by its code; by its own words alone where they name no known one."""
    return places(uow=uow).get(canton) or CourtPlace(canton, {}, None)


def places(*, uow: UnitOfWork) -> dict[str, CourtPlace]:
    """Every court by the code of its canton."""
    return _places(courts(uow=uow))


@lru_cache(maxsize=4)
def _places(known: Courts) -> dict[str, CourtPlace]:
    return {each.code: _place(each) for each in known.every}


def _place(view: CourtView) -> CourtPlace:
    return CourtPlace(view.code, view.names, view.address)
