"""What a professional sees of series and sessions, and what they are in one of them.

Row-level security decides which rows these statements find.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import func, select, text

from services.intervisions.model import (
    IntervisionSeries,
    IntervisionSession,
    InvitationState,
    SeriesKind,
    SessionInvitation,
)
from services.intervisions.policy import Part, require_attending
from services.shared.actor import Actor
from services.shared.errors import NotFound
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class SeriesView:
    """A series. `member_ids` are all for its facilitators; others find at most themselves there."""

    id: UUID
    kind: str
    name: str
    facilitator_id: UUID
    facilitator: str
    co_facilitator_id: UUID | None
    co_facilitator: str | None
    languages: list[str]
    capacity: int
    quorum: int
    max_per_sector: int | None
    points: int
    self_vote: bool
    hosts: list[dict[str, Any]]
    member_ids: list[UUID]
    ended_at: datetime | None
    version: int


@dataclass(frozen=True)
class Attendee:
    professional_id: UUID
    name: str
    organisation: str
    sector: str
    state: str
    attended: bool | None


@dataclass(frozen=True)
class SessionView:
    """A session. `coming` counts those who said yes and have a place; `attendees` is filled only
    for those who attend.
    """

    id: UUID
    series_id: UUID
    series: str
    kind: str
    number: int
    starts_at: datetime
    ends_at: datetime
    host_id: UUID
    host: str
    place: str | None
    link: str | None
    state: str
    languages: list[str]
    capacity: int
    quorum: int
    coming: int
    my_answer: str | None
    facilitated_by_me: bool
    version: int
    attendees: tuple[Attendee, ...] = ()

    @property
    def has_quorum(self) -> bool:
        return self.coming >= self.quorum

    @property
    def sectors(self) -> list[dict[str, Any]]:
        """The number of people who come from each sector, sorted by its name."""
        coming = [each.sector for each in self.attendees if each.state == "accepted"]
        return [{"sector": each, "coming": coming.count(each)} for each in sorted(set(coming))]


_SERIES = text(
    """
    SELECT s.id, s.kind, s.name, s.facilitator_id, f.name, s.co_facilitator_id, c.name,
           s.languages, s.capacity, s.quorum, s.max_per_sector, s.points, s.self_vote,
           coalesce((SELECT jsonb_agg(jsonb_build_object('id', o.id, 'name', o.name)
                                      ORDER BY h.position)
                     FROM series_hosts h JOIN organisations o ON o.id = h.organisation_id
                     WHERE h.series_id = s.id), '[]'),
           ARRAY(SELECT m.professional_id FROM series_members m WHERE m.series_id = s.id
                 ORDER BY m.professional_id),
           s.ended_at, s.version
    FROM intervision_series s
    JOIN professionals f ON f.id = s.facilitator_id
    LEFT JOIN professionals c ON c.id = s.co_facilitator_id
    WHERE CAST(:series AS uuid) IS NULL OR s.id = :series
    ORDER BY s.ended_at IS NOT NULL, s.name, s.id
    """
)
_SESSIONS = text(
    """
    SELECT i.id, s.id, s.name, s.kind, i.number, i.starts_at, i.ends_at, i.host_id, o.name,
           i.place, i.link, i.state, s.languages, s.capacity, s.quorum,
           (SELECT count(*) FROM session_invitations v
            WHERE v.session_id = i.id AND v.state = 'accepted'),
           (SELECT v.state FROM session_invitations v
            WHERE v.session_id = i.id AND v.professional_id = :me),
           :me IN (s.facilitator_id, coalesce(s.co_facilitator_id, s.facilitator_id)),
           -- What a session shows changes with itself and with every answer to it.
           i.version + (SELECT coalesce(sum(v.version), 0) FROM session_invitations v
                        WHERE v.session_id = i.id)
    FROM intervision_sessions i
    JOIN intervision_series s ON s.id = i.series_id
    JOIN organisations o ON o.id = i.host_id
    WHERE (CAST(:session AS uuid) IS NULL OR i.id = :session)
      AND (CAST(:series AS uuid) IS NULL OR i.series_id = :series)
      AND (CAST(:after AS timestamptz) IS NULL
           OR (i.starts_at, i.id) > (:after, CAST(:after_id AS uuid)))
      AND (CAST(:since AS timestamptz) IS NULL OR i.ends_at >= :since)
    ORDER BY i.starts_at, i.id LIMIT :limit
    """
)
_ATTENDEES = text(
    """
    SELECT x.id, x.name, o.name, o.sector, v.state, v.attended
    FROM session_invitations v
    JOIN professionals x ON x.id = v.professional_id
    JOIN organisations o ON o.id = x.organisation_id
    WHERE v.session_id = :session AND (v.state <> 'withdrawn' OR facilitates(:session))
    ORDER BY x.name, x.id
    """
)


def all_series(*, uow: UnitOfWork) -> list[SeriesView]:
    """The series that the reader belongs to or leads, and every housing table; ended ones last."""
    return [SeriesView(*row) for row in uow.session.execute(_SERIES, {"series": None})]


def series(series_id: UUID, *, uow: UnitOfWork) -> SeriesView:
    row = uow.session.execute(_SERIES, {"series": series_id}).one_or_none()
    if row is None:
        raise NotFound
    return SeriesView(*row)


def sessions(
    *,
    series_id: UUID | None = None,
    since: datetime | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int,
    actor: Actor,
    uow: UnitOfWork,
) -> list[SessionView]:
    """The actor's sessions and those open to all, by their hour, without their attendees."""
    moment, key = after or (None, None)
    values: dict[str, Any] = {"session": None, "series": series_id, "since": since}
    values |= {"me": actor.id, "after": moment, "after_id": key, "limit": limit}
    return [SessionView(*row) for row in uow.session.execute(_SESSIONS, values)]


def session(session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> SessionView:
    """One session, with its attendees if the reader attends it."""
    values: dict[str, Any] = {"session": session_id, "series": None, "since": None}
    values |= {"me": actor.id, "after": None, "after_id": None, "limit": 1}
    row = uow.session.execute(_SESSIONS, values).one_or_none()
    if row is None:
        raise NotFound
    found = uow.session.execute(_ATTENDEES, {"session": session_id})
    attendees = tuple(Attendee(*each) for each in found)
    return replace(SessionView(*row), attendees=attendees)


class OfASession(Protocol):
    """A row that belongs to a session."""

    @property
    def session_id(self) -> Any: ...


_PART = (
    select(
        IntervisionSession,
        IntervisionSeries.kind,
        func.facilitates(IntervisionSession.id),
        SessionInvitation.state,
    )
    .join(IntervisionSeries, IntervisionSeries.id == IntervisionSession.series_id)
    .outerjoin(
        SessionInvitation,
        (SessionInvitation.session_id == IntervisionSession.id)
        & (SessionInvitation.professional_id == func.app_professional()),
    )
)
_ATTENDS = text("SELECT attends_as(:session, :person)")


def part_in(session_id: UUID, *, uow: UnitOfWork) -> Part:
    """What the actor of this transaction is in a session. NotFound if it is hidden from them."""
    row = uow.session.execute(_PART.where(IntervisionSession.id == session_id)).one_or_none()
    if row is None:
        raise NotFound
    session, kind, facilitates, invitation = row
    return Part(
        session=session,
        kind=SeriesKind(kind),
        facilitates=facilitates,
        invitation=InvitationState(invitation) if invitation else None,
    )


def part_of(record: OfASession | IntervisionSession, /, *, uow: UnitOfWork) -> Part:
    """What the actor is in this session, or in the session of this record."""
    if isinstance(record, IntervisionSession):
        return part_in(record.id, uow=uow)
    return part_in(record.session_id, uow=uow)


def attended(session_id: UUID, *, uow: UnitOfWork) -> Part:
    """The part of an actor who attends the session; NotFound for anybody else."""
    part = part_in(session_id, uow=uow)
    require_attending(part)
    return part


def attends(session_id: UUID, person_id: UUID, *, uow: UnitOfWork) -> bool:
    values = {"session": session_id, "person": person_id}
    return bool(uow.session.scalar(_ATTENDS, values))


def invitation_of(
    session_id: UUID, professional_id: UUID, *, uow: UnitOfWork
) -> SessionInvitation | None:
    """The invitation of one person, withdrawn or not, if the actor may see it."""
    return uow.session.scalar(
        select(SessionInvitation).where(
            SessionInvitation.session_id == session_id,
            SessionInvitation.professional_id == professional_id,
        )
    )
