"""Acts and deadlines as plain rows: what a computation reads, in one statement for many procedures.

The rows hold no more than workers may read: ids, kinds, days, modes of delivery, articles.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, Protocol
from uuid import UUID

from sqlalchemy import text

from services.evictions.counting.delivery import Delivery
from services.evictions.law.acts import ActKind, DatedAct, Ground
from services.shared.unit_of_work import UnitOfWork


class AnAct(Protocol):
    """An act, loaded or as a row of its columns."""

    @property
    def id(self) -> UUID: ...

    @property
    def kind(self) -> str: ...

    @property
    def acted_on(self) -> date: ...

    @property
    def received_on(self) -> date | None: ...

    @property
    def delivery(self) -> str | None: ...

    @property
    def ground(self) -> str | None: ...

    @property
    def until_on(self) -> date | None: ...


def dated(act: AnAct) -> DatedAct:
    """What the rules need to know of an act."""
    return DatedAct(
        kind=ActKind(act.kind),
        acted_on=act.acted_on,
        received_on=act.received_on,
        delivery=Delivery(act.delivery) if act.delivery else None,
        ground=Ground(act.ground) if act.ground else None,
        until_on=act.until_on,
    )


class ActRow(NamedTuple):
    """The columns of an act that `dated` asks for."""

    id: UUID
    kind: str
    acted_on: date
    received_on: date | None
    delivery: str | None
    ground: str | None = None
    until_on: date | None = None


class DateRow(NamedTuple):
    """A deadline as it stands, without the words people gave for a date of their own."""

    id: UUID
    version: int
    act_id: UUID
    rule_id: str
    computes: str
    protective: bool
    falls_on: date
    earlier_reading: date | None
    overridden_date: date | None
    article: str
    certainty: str
    ended_as: str | None


@dataclass
class Running:
    """A procedure, and those of its acts and dates that were read; `whole`: all of them."""

    id: UUID
    case_id: UUID
    rule_set: str
    acts: list[AnAct] = field(default_factory=list)
    rows: list[DateRow] = field(default_factory=list)
    whole: bool = False


_ACTS = text(
    """
    SELECT a.procedure_id, a.id, a.kind, a.acted_on, a.received_on, a.delivery, a.ground,
           a.until_on
    FROM acts a
    WHERE a.procedure_id = ANY(:procedures) AND a.replaced_by IS NULL AND a.lapsed_at IS NULL
    ORDER BY a.acted_on, a.id
    """
)
_OBJECTION = text(
    """
    SELECT id, opposed_on FROM welfare_oppositions
    WHERE procedure_id = :procedure AND withdrawn_at IS NULL
    """
)
_DATES = text(
    """
    SELECT d.procedure_id, d.id, d.version, d.act_id, d.rule_id, d.computes, d.protective,
           d.falls_on, d.earlier_reading, d.overridden_date, d.article, d.certainty, d.ended_as
    FROM deadlines d
    WHERE d.case_id = ANY(:cases) AND d.procedure_id = ANY(:procedures)
    """
)


def read_all(found: Iterable[Running], *, uow: UnitOfWork) -> list[Running]:
    """These procedures, with every act in force and every date."""
    return read_dates(read_acts(found, uow=uow), uow=uow)


def read_acts(found: Iterable[Running], *, uow: UnitOfWork) -> list[Running]:
    """These procedures, with every act in force."""
    running = {each.id: each for each in found}
    for procedure, *act in uow.session.execute(_ACTS, named(running.values())):
        running[procedure].acts.append(ActRow(*act))
    return list(running.values())


def read_objections(procedure_id: UUID, *, uow: UnitOfWork) -> list[AnAct]:
    """The tenant's standing opposition that the welfare centre be told, as an act; or nothing."""
    found = uow.session.execute(_OBJECTION, {"procedure": procedure_id})
    return [ActRow(key, ActKind.WELFARE_OBJECTION, day, None, None) for key, day in found]


def read_dates(found: Iterable[Running], *, uow: UnitOfWork) -> list[Running]:
    """These procedures, with every date."""
    running = {each.id: each for each in found}
    for procedure, *row in uow.session.execute(_DATES, named(running.values())):
        running[procedure].rows.append(DateRow(*row))
    return list(running.values())


def named(found: Iterable[Running]) -> dict[str, object]:
    """The ids to ask by: of cases too, which is what deadlines are indexed by."""
    pairs = [(each.id, each.case_id) for each in found]
    return {"procedures": [pair[0] for pair in pairs], "cases": [pair[1] for pair in pairs]}
