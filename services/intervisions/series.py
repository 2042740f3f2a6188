"""Series of sessions: set up and led by a facilitator, with the people invited each time."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select, text

from services.intervisions import policy
from services.intervisions.model import (
    IntervisionSeries,
    SeriesHost,
    SeriesKind,
    SeriesMember,
)
from services.network.model import Organisation
from services.network.policy import require_role
from services.network.queries import professional
from services.shared.actor import Actor, RoleKind
from services.shared.errors import RuleBroken
from services.shared.loading import load, lock, require_version
from services.shared.unit_of_work import UnitOfWork

_ADD_MEMBER = text(
    """
    INSERT INTO series_members (series_id, professional_id, joined_at)
    VALUES (:series, :professional, :now) ON CONFLICT DO NOTHING
    """
)


@dataclass(frozen=True, kw_only=True)
class SeriesTerms:
    """`host_ids`: the organisations that host in turn, the first before the others."""

    name: str
    co_facilitator_id: UUID | None
    languages: tuple[str, ...]
    capacity: int
    quorum: int
    max_per_sector: int | None
    points: int
    self_vote: bool
    host_ids: tuple[UUID, ...]


def start_series(
    kind: SeriesKind, terms: SeriesTerms, *, actor: Actor, uow: UnitOfWork
) -> IntervisionSeries:
    """By a facilitator, who leads it from now on."""
    require_role(actor, RoleKind.FACILITATOR)
    series = IntervisionSeries(
        kind=kind, facilitator_id=actor.id, created_by=actor.id, created_at=uow.now()
    )
    _set_terms(series, terms, uow=uow)
    uow.session.add(series)
    uow.session.flush()
    _set_hosts(series, terms.host_ids, uow=uow)
    after = {"kind": series.kind, "capacity": series.capacity, "version": series.version}
    uow.record("start_series", series, actor=actor, case_id=None, after=after)
    return series


def change_series(
    series_id: UUID, terms: SeriesTerms, *, version: int, actor: Actor, uow: UnitOfWork
) -> IntervisionSeries:
    """For sessions to come; ballots that are planned keep what they were planned with."""
    series = _led(series_id, actor=actor, uow=uow)
    require_version(series, version)
    _require_running(series)
    before = _numbers(series)
    _set_terms(series, terms, uow=uow)
    _set_hosts(series, terms.host_ids, uow=uow)
    uow.record(
        "change_series", series, actor=actor, case_id=None, before=before, after=_numbers(series)
    )
    return series


def end_series(
    series_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> IntervisionSeries:
    """No further session is planned; those that are planned stay until they are cancelled."""
    series = _led(series_id, actor=actor, uow=uow)
    require_version(series, version)
    series.end(uow.now())
    uow.session.flush()
    after = {"ended_at": series.ended_at, "version": series.version}
    uow.record("end_series", series, actor=actor, case_id=None, after=after)
    return series


def add_members(
    series_id: UUID, professional_ids: Sequence[UUID], *, actor: Actor, uow: UnitOfWork
) -> IntervisionSeries:
    """From the next session that is planned on they are invited; to one that is, separately."""
    series = _led(series_id, actor=actor, uow=uow)
    _require_running(series)
    for each in dict.fromkeys(professional_ids):
        professional(each, uow=uow)
        values = {"series": series.id, "professional": each, "now": uow.now()}
        uow.session.execute(_ADD_MEMBER, values)
    after = {"added": [str(each) for each in dict.fromkeys(professional_ids)]}
    uow.record("add_series_members", series, actor=actor, case_id=None, after=after)
    return series


def remove_member(
    series_id: UUID, professional_id: UUID, *, actor: Actor, uow: UnitOfWork
) -> IntervisionSeries:
    """Not invited any more; the sessions that are planned keep them until they are withdrawn."""
    series = _led(series_id, actor=actor, uow=uow)
    uow.session.execute(
        delete(SeriesMember).where(
            SeriesMember.series_id == series.id, SeriesMember.professional_id == professional_id
        )
    )
    before = {"removed": str(professional_id)}
    uow.record("remove_series_member", series, actor=actor, case_id=None, before=before)
    return series


def hosts_of(series_id: UUID, *, uow: UnitOfWork) -> list[UUID]:
    found = select(SeriesHost.organisation_id).where(SeriesHost.series_id == series_id)
    return list(uow.session.scalars(found.order_by(SeriesHost.position)))


def members_of(series_id: UUID, *, uow: UnitOfWork) -> list[UUID]:
    """As its facilitator; anybody else finds at most themselves."""
    found = select(SeriesMember.professional_id).where(SeriesMember.series_id == series_id)
    return list(uow.session.scalars(found.order_by(SeriesMember.professional_id)))


def _led(series_id: UUID, *, actor: Actor, uow: UnitOfWork) -> IntervisionSeries:
    series = load(IntervisionSeries, series_id, uow=uow)
    policy.require_series_facilitator(series, actor=actor)
    lock(series, uow=uow)
    return series


def _require_running(series: IntervisionSeries) -> None:
    if series.ended_at is not None:
        raise RuleBroken("series-ended")


def _set_terms(series: IntervisionSeries, terms: SeriesTerms, *, uow: UnitOfWork) -> None:
    if terms.co_facilitator_id is not None:
        _require_second(series, terms.co_facilitator_id, uow=uow)
    if not terms.quorum <= terms.capacity or (terms.max_per_sector or 1) > terms.capacity:
        raise RuleBroken("series-numbers")
    series.name, series.co_facilitator_id = terms.name, terms.co_facilitator_id
    series.languages, series.points = list(terms.languages), terms.points
    series.capacity, series.quorum = terms.capacity, terms.quorum
    series.max_per_sector, series.self_vote = terms.max_per_sector, terms.self_vote


def _require_second(series: IntervisionSeries, person_id: UUID, *, uow: UnitOfWork) -> None:
    second = professional(person_id, uow=uow)
    if RoleKind.FACILITATOR not in second.roles or person_id == series.facilitator_id:
        raise RuleBroken("co-facilitator")


def _set_hosts(series: IntervisionSeries, hosts: Sequence[UUID], *, uow: UnitOfWork) -> None:
    uow.session.execute(delete(SeriesHost).where(SeriesHost.series_id == series.id))
    for position, organisation_id in enumerate(hosts):
        load(Organisation, organisation_id, uow=uow)
        uow.session.add(
            SeriesHost(series_id=series.id, position=position, organisation_id=organisation_id)
        )
    uow.session.flush()


def _numbers(series: IntervisionSeries) -> dict[str, int | bool | None]:
    return {
        "capacity": series.capacity,
        "quorum": series.quorum,
        "max_per_sector": series.max_per_sector,
        "points": series.points,
        "self_vote": series.self_vote,
        "version": series.version,
    }
