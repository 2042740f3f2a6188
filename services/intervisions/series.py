"""Series of sessions: a facilitator sets one up and leads it, with people invited each time."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from sqlalchemy import delete, select, text

from services.intervisions import policy
from services.intervisions.hold import hold, itself
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
from services.shared.loading import load
from services.shared.unit_of_work import UnitOfWork

_ADD_MEMBER = text(
    """
    INSERT INTO series_members (series_id, professional_id, joined_at)
    VALUES (:series, :professional, :now) ON CONFLICT DO NOTHING
    """
)


@dataclass(frozen=True, kw_only=True)
class SeriesTerms:
    """What a facilitator decides about a series. `host_ids` are the organisations that host, in the
    order of their turns.
    """

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
    """Start a series; the actor must be a facilitator and leads it from now on."""
    require_role(actor, RoleKind.FACILITATOR)
    series = IntervisionSeries(
        kind=kind, facilitator_id=actor.id, created_by=actor.id, created_at=uow.now()
    )
    _set_terms(series, terms, uow=uow)
    uow.session.add(series)
    uow.session.flush()
    _set_hosts(series, terms.host_ids, uow=uow)
    after = {"kind": series.kind, "capacity": series.capacity, "version": series.version}
    uow.record("start_series", series, actor=actor, after=after)
    return series


def change_series(
    series_id: UUID, terms: SeriesTerms, *, version: int, actor: Actor, uow: UnitOfWork
) -> IntervisionSeries:
    """Change the terms for sessions to come; planned ballots keep the terms they were made with."""
    series = held_series(series_id, version=version, actor=actor, uow=uow)
    series.require_running()
    before = _numbers(series)
    _set_terms(series, terms, uow=uow)
    _set_hosts(series, terms.host_ids, uow=uow)
    uow.record("change_series", series, actor=actor, before=before, after=_numbers(series))
    return series


def end_series(
    series_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> IntervisionSeries:
    """End a series: no further session is planned; planned ones stay until they are cancelled."""
    series = held_series(series_id, version=version, actor=actor, uow=uow)
    series.end(uow.now())
    uow.session.flush()
    after = {"ended_at": series.ended_at, "version": series.version}
    uow.record("end_series", series, actor=actor, after=after)
    return series


def add_members(
    series_id: UUID, professional_ids: Sequence[UUID], *, actor: Actor, uow: UnitOfWork
) -> IntervisionSeries:
    """Add people whom every session planned from now on invites; to a planned one see `invite`."""
    series = held_series(series_id, actor=actor, uow=uow)
    series.require_running()
    for each in dict.fromkeys(professional_ids):
        professional(each, uow=uow)
        values = {"series": series.id, "professional": each, "now": uow.now()}
        uow.session.execute(_ADD_MEMBER, values)
    after = {"added": [str(each) for each in dict.fromkeys(professional_ids)]}
    uow.record("add_series_members", series, actor=actor, after=after)
    return series


def remove_member(
    series_id: UUID, professional_id: UUID, *, actor: Actor, uow: UnitOfWork
) -> IntervisionSeries:
    """Stop inviting somebody to new sessions; their invitations to planned ones stay."""
    series = held_series(series_id, actor=actor, uow=uow)
    uow.session.execute(
        delete(SeriesMember).where(
            SeriesMember.series_id == series.id, SeriesMember.professional_id == professional_id
        )
    )
    before = {"removed": str(professional_id)}
    uow.record("remove_series_member", series, actor=actor, before=before)
    return series


def hosts_of(series_id: UUID, *, uow: UnitOfWork) -> list[UUID]:
    found = select(SeriesHost.organisation_id).where(SeriesHost.series_id == series_id)
    return list(uow.session.scalars(found.order_by(SeriesHost.position)))


def members_of(series_id: UUID, *, uow: UnitOfWork) -> list[UUID]:
    """The members of a series for its facilitator; anybody else finds at most themselves."""
    found = select(SeriesMember.professional_id).where(SeriesMember.series_id == series_id)
    return list(uow.session.scalars(found.order_by(SeriesMember.professional_id)))


def held_series(
    series_id: UUID, *, version: int | None = None, actor: Actor, uow: UnitOfWork
) -> IntervisionSeries:
    """A series that the actor facilitates, locked; the refusals are those of `hold`."""
    may = partial(policy.require_series_facilitator, actor=actor)
    series: IntervisionSeries
    series, _ = hold(IntervisionSeries, series_id, itself, may, version=version, uow=uow)
    return series


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
