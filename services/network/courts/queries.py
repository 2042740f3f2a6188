"""The courts as they hold now, the import under the network's corrections, and what names them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text

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

    @property
    def commune_names(self) -> tuple[str, ...]:
        return tuple(each[language] for each in self.communes for language in ("fr", "nl"))

    @cached_property
    def postal_codes(self) -> frozenset[str]:
        return frozenset(code for each in self.communes for code in each["postal_codes"])


@dataclass(frozen=True, kw_only=True)
class CourtView(SourceCourt):
    """`names` and the rest as corrected; `known_as` is everything it was ever called here."""

    id: UUID
    known_as: tuple[str, ...]
    corrections: tuple[Row[Any], ...] = ()

    @property
    def corrected(self) -> bool:
        return any(each.state == CorrectionState.ACTIVE for each in self.corrections)

    def holds_on(self, day: date) -> bool:
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_until is None or day <= self.valid_until)

    def covers(self, commune: str) -> bool:
        """A commune by name in either language, by NIS code or by postal code."""
        return commune in self._codes or plain_name(commune) in self._commune_keys

    def answers_to(self, words: str) -> bool:
        """Whether a name of it, or of one of its communes, holds these words."""
        key = plain_name(words)
        return bool(key) and any(
            key in each for each in (*keys_of(self.known_as), *self._commune_keys)
        )

    @cached_property
    def _codes(self) -> frozenset[str]:
        return self.postal_codes | {each["nis_code"] for each in self.communes}

    @cached_property
    def _commune_keys(self) -> frozenset[str]:
        return keys_of(self.commune_names)


@dataclass(frozen=True, eq=False)
class Courts:
    """All courts by code, ended ones too, as they stand at one version; nothing of it changes, so
    what is derived from it is derived once."""

    every: tuple[CourtView, ...]
    _cantons: dict[tuple[str, ...], Cantons] = field(default_factory=dict)

    def on(self, day: date) -> tuple[CourtView, ...]:
        """Those that hold on that day."""
        return tuple(each for each in self.every if each.holds_on(day))

    def cantons(self, day: date | None = None) -> Cantons:
        """The cantons to choose from: those of that day; without one, past ones too."""
        chosen = self.every if day is None else self.on(day)
        codes = tuple(each.code for each in chosen)
        if codes not in self._cantons:
            self._cantons[codes] = _cantons_of(chosen)
        return self._cantons[codes]

    @cached_property
    def postal_codes(self) -> dict[str, frozenset[str]]:
        """The postal codes of each canton, past ones too, by its code."""
        return {each.code: each.postal_codes for each in self.every}


# Under which a unit of work keeps them; whoever corrects a court has them forgotten.
COURTS = "courts"
# Each row with the transaction that wrote it last: another version of any is another text.
_VERSION = text(
    """
    SELECT md5(coalesce(string_agg(version, ' ' ORDER BY version), '')) FROM (
      SELECT concat(id, ' ', xmin) AS version FROM courts
      UNION ALL SELECT concat(id, ' ', xmin) FROM court_corrections) versions
    """
)
# Courts change some times a year and are asked by every procedure: the versions asked last are
# kept. Who sees other rows has another version.
_KEPT = 4
_VERSIONS: dict[str, Courts] = {}


def courts(*, uow: UnitOfWork) -> Courts:
    """The courts as this transaction sees them; read and derived anew only when one changed."""
    return uow.once(COURTS, lambda: _current(uow=uow))


def every_court(*, uow: UnitOfWork) -> tuple[CourtView, ...]:
    """All courts by code, ended ones too."""
    return courts(uow=uow).every


def _current(*, uow: UnitOfWork) -> Courts:
    version = uow.session.execute(_VERSION).scalar_one()
    found = _VERSIONS.get(version)
    if found is None:
        found = _VERSIONS[version] = _read(uow=uow)
        for outdated in list(_VERSIONS)[:-_KEPT]:
            _VERSIONS.pop(outdated, None)
    return found


def _read(*, uow: UnitOfWork) -> Courts:
    said: dict[UUID, list[Row[Any]]] = {}
    # As rows: a record belongs to its transaction, and these are kept beyond it.
    order = (CourtCorrection.made_at, CourtCorrection.id)
    for row in uow.session.execute(select(CourtCorrection.__table__).order_by(*order)):
        said.setdefault(row.court_id, []).append(row)
    found = uow.session.scalars(select(Court))
    views = [_corrected(_imported(court), said.get(court.id, ())) for court in found]
    return Courts(tuple(sorted(views, key=lambda each: each.code)))


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
        for each in courts(uow=uow).on(uow.today())
        if (after is None or each.code > after)
        and (commune is None or each.covers(commune))
        and (words is None or each.answers_to(words))
    )
    return [each for _, each in zip(range(limit), found, strict=False)]


def _cantons_of(courts: Sequence[CourtView]) -> Cantons:
    return Cantons(
        tuple(
            Named(code=each.code, names=each.known_as, communes=each.commune_names)
            for each in courts
        )
    )


def canton_named(words: str, *, uow: UnitOfWork) -> str:
    """The code of the canton that is meant and holds today; refused with the nearest ones."""
    known = courts(uow=uow).cantons(uow.today())
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
    found = [each.code for each in courts(uow=uow).on(uow.today()) if each.covers(tidy)]
    if len(found) > 1:
        raise RuleBroken("canton-ambiguous", proposals=found)
    if not found:
        raise RuleBroken("canton-needed")
    return found[0]


def _imported(row: Court) -> CourtView:
    return CourtView(
        id=row.id,
        **{each.name: getattr(row, each.name) for each in fields(SourceCourt)},
        known_as=(row.code, row.source_id, *row.names.values()),
    )


def _corrected(view: CourtView, said: Sequence[Row[Any]]) -> CourtView:
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
