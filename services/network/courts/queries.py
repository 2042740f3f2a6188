"""The courts as they hold now, the import under the network's corrections, and what names them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.network.courts.model import CorrectionState, Court, CourtCorrection
from services.network.courts.names import Cantons, Named, keys_of, plain_name
from services.shared.errors import NotFound, RuleBroken
from services.shared.places import tidy_postal_code
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class SourceCourt:
    """A court as the source has it; the fields of `Court`."""

    code: str
    source_id: str
    names: dict[str, str]
    seat: dict[str, str]
    territory: dict[str, str]
    communes: list[dict[str, Any]]
    arrondissement: str
    region: str
    address: str | None
    phone: str | None
    email: str | None
    valid_from: date | None
    valid_until: date | None
    source: str
    source_version: str


@dataclass(frozen=True, kw_only=True)
class CourtView(SourceCourt):
    """`names` and the rest as corrected; `known_as` is everything it was ever called here."""

    id: UUID
    known_as: tuple[str, ...]
    corrections: tuple[CourtCorrection, ...] = ()

    @property
    def corrected(self) -> bool:
        return any(each.state == CorrectionState.ACTIVE for each in self.corrections)

    def holds_on(self, day: date) -> bool:
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_until is None or day <= self.valid_until)

    def covers(self, commune: str) -> bool:
        """A commune by name in either language, by NIS code or by postal code."""
        key = plain_name(commune)
        return any(
            commune in (each["nis_code"], *each["postal_codes"])
            or key in keys_of((each["fr"], each["nl"]))
            for each in self.communes
        )

    def answers_to(self, words: str) -> bool:
        """Whether a name of it, or of one of its communes, holds these words."""
        key = plain_name(words)
        places = [each[language] for each in self.communes for language in ("fr", "nl")]
        return bool(key) and any(key in each for each in keys_of((*self.known_as, *places)))


# Under which a unit of work keeps them; whoever corrects a court has them forgotten.
COURTS = "courts"


def every_court(*, uow: UnitOfWork) -> list[CourtView]:
    """All courts by code, ended ones too. Read once in a transaction."""
    return uow.once(COURTS, lambda: _read(uow=uow))


def _read(*, uow: UnitOfWork) -> list[CourtView]:
    said: dict[UUID, list[CourtCorrection]] = {}
    order = (CourtCorrection.made_at, CourtCorrection.id)
    for row in uow.session.scalars(select(CourtCorrection).order_by(*order)):
        said.setdefault(row.court_id, []).append(row)
    found = uow.session.scalars(select(Court))
    views = [_corrected(_imported(court), said.get(court.id, ())) for court in found]
    return sorted(views, key=lambda each: each.code)


def court(court_id: UUID, *, uow: UnitOfWork) -> CourtView:
    found = next((each for each in every_court(uow=uow) if each.id == court_id), None)
    if found is None:
        raise NotFound
    return found


def courts_for(
    *, words: str | None, commune: str | None, after: str | None, limit: int, uow: UnitOfWork
) -> list[CourtView]:
    """Courts that hold today, by code."""
    found = (
        each
        for each in every_court(uow=uow)
        if each.holds_on(uow.today())
        and (after is None or each.code > after)
        and (commune is None or each.covers(commune))
        and (words is None or each.answers_to(words))
    )
    return [each for _, each in zip(range(limit), found, strict=False)]


def cantons(*, uow: UnitOfWork, only_current: bool = False) -> Cantons:
    """The cantons to choose from, past ones too: a procedure may be older than a reform."""
    return cantons_of(
        [each for each in every_court(uow=uow) if not only_current or each.holds_on(uow.today())]
    )


def cantons_of(courts: Sequence[CourtView]) -> Cantons:
    return Cantons(
        tuple(
            Named(
                code=each.code,
                names=each.known_as,
                communes=tuple(
                    commune[language] for commune in each.communes for language in ("fr", "nl")
                ),
            )
            for each in courts
        )
    )


def canton_named(words: str, *, uow: UnitOfWork) -> str:
    """The code of the canton that is meant and holds today; refused with the nearest ones."""
    known = cantons(uow=uow, only_current=True)
    meant = known.meant_by(words)
    if len(meant) > 1:
        raise RuleBroken("canton-ambiguous", proposals=list(meant))
    if not meant:
        raise RuleBroken("canton-unknown", proposals=list(known.near(words)))
    return meant[0]


def canton_of_place(postal_code: str | None, *, uow: UnitOfWork) -> str:
    """The only canton of a dwelling there. A commune that is split is decided by its streets
    (`territory`), and so by a person."""
    tidy = tidy_postal_code(postal_code)
    if tidy is None:
        raise RuleBroken("canton-needed")
    found = [
        each.code
        for each in every_court(uow=uow)
        if each.holds_on(uow.today()) and each.covers(tidy)
    ]
    if len(found) > 1:
        raise RuleBroken("canton-ambiguous", proposals=found)
    if not found:
        raise RuleBroken("canton-needed")
    return found[0]


def postal_codes_of_cantons(*, uow: UnitOfWork) -> dict[str, frozenset[str]]:
    """The postal codes of each canton, past ones too, by its code."""
    return {
        each.code: frozenset(code for commune in each.communes for code in commune["postal_codes"])
        for each in every_court(uow=uow)
    }


def _imported(row: Court) -> CourtView:
    return CourtView(
        id=row.id,
        **{each.name: getattr(row, each.name) for each in fields(SourceCourt)},
        known_as=(row.code, row.source_id, *row.names.values()),
    )


def _corrected(view: CourtView, said: Sequence[CourtCorrection]) -> CourtView:
    for each in said:
        if each.state == CorrectionState.ACTIVE:
            view = with_changes(view, each.changes)
    return replace(view, corrections=tuple(said))


def with_changes(view: CourtView, changes: dict[str, Any]) -> CourtView:
    """What a correction makes of it; the names it had before still find it."""
    given = dict(changes)
    names = given.pop("names", {})
    more = (*names.values(), *given.pop("also_known_as", ()))
    if given.get("valid_until"):
        given["valid_until"] = date.fromisoformat(given["valid_until"])
    return replace(view, names=view.names | names, known_as=(*view.known_as, *more), **given)
