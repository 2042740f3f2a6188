"""Who a caller is, and the login sessions of professionals: opened, listed, ended.

A session's token is known to the browser only; the table holds its SHA-256.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, LargeBinary, Row, Text, select, text
from sqlalchemy.orm import Mapped, mapped_column

from services.network.model import Organisation, Professional
from services.shared.actor import Actor, RoleKind
from services.shared.errors import NotFound
from services.shared.tables import PLAIN, STAFF, Base
from services.shared.unit_of_work import UnitOfWork

# The idle limit stands a second time in access.sql, where it is enforced; a test compares them.
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=10)

_FIND_ACTOR = text("SELECT * FROM find_actor(:issuer, :subject)")
_FIND_SESSION = text("SELECT * FROM find_session_actor(:hash, :at)")


class LoginSession(Base):
    __tablename__ = "login_sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True, info=PLAIN)
    professional_id: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"), index=True)
    csrf_token: Mapped[str] = mapped_column(Text, info=PLAIN)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    user_agent: Mapped[str] = mapped_column(Text, info=STAFF)


@dataclass(frozen=True, kw_only=True)
class OpenSession:
    """`user_agent` tells a person's sessions apart in their own list; it decides nothing."""

    user_agent: str


@dataclass(frozen=True, kw_only=True)
class OpenedSession:
    """`token` is shown here once and stored nowhere."""

    id: UUID
    token: str
    csrf_token: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class LiveSession:
    id: UUID
    csrf_token: str
    actor: Actor


@dataclass(frozen=True, kw_only=True)
class Description:
    name: str
    organisation: str


def find_actor(issuer: str, subject: str, *, uow: UnitOfWork) -> Actor | None:
    """The active professional of an identity (OpenID Connect Core 1.0 §5.7), or None."""
    row = uow.session.execute(_FIND_ACTOR, {"issuer": issuer, "subject": subject}).one_or_none()
    return _actor(row) if row else None


def find_session(token: str, *, uow: UnitOfWork) -> LiveSession | None:
    """The live session of a token, which counts as activity; None if ended, idle or too old."""
    row = uow.session.execute(
        _FIND_SESSION, {"hash": hash_of(token), "at": uow.now()}
    ).one_or_none()
    if row is None:
        return None
    return LiveSession(id=row.session_id, csrf_token=row.csrf_token, actor=_actor(row))


def describe(*, actor: Actor, uow: UnitOfWork) -> Description:
    """The actor's own name and organisation, as their colleagues see them."""
    row = uow.session.execute(
        select(Professional.name, Organisation.name.label("organisation"))
        .join(Organisation, Organisation.id == Professional.organisation_id)
        .where(Professional.id == actor.id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return Description(name=row.name, organisation=row.organisation)


def open_session(cmd: OpenSession, *, actor: Actor, uow: UnitOfWork) -> OpenedSession:
    """A new session with a new token; no token is ever taken over from before the login."""
    token = secrets.token_urlsafe(32)
    session = LoginSession(
        id=uuid4(),
        token_hash=hash_of(token),
        professional_id=actor.id,
        csrf_token=secrets.token_urlsafe(32),
        created_at=uow.now(),
        last_seen_at=uow.now(),
        expires_at=uow.now() + ABSOLUTE,
        user_agent=cmd.user_agent[:120],
    )
    uow.session.add(session)
    after = {"expires_at": session.expires_at}
    uow.record("network.session_opened", session, actor=actor, case_id=None, after=after)
    return OpenedSession(
        id=session.id,
        token=token,
        csrf_token=session.csrf_token,
        expires_at=session.expires_at,
    )


def list_sessions(*, actor: Actor, uow: UnitOfWork) -> Sequence[LoginSession]:
    """The actor's own live sessions, the newest first."""
    live = (
        select(LoginSession)
        .where(LoginSession.professional_id == actor.id)
        .where(LoginSession.revoked_at.is_(None))
        .where(LoginSession.expires_at > uow.now())
        .where(LoginSession.last_seen_at > uow.now() - IDLE)
        .order_by(LoginSession.created_at.desc(), LoginSession.id)
    )
    return uow.session.scalars(live).all()


def opened_at(session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> datetime:
    """The instant of the login that began one of the actor's own sessions."""
    began = uow.session.scalar(
        select(LoginSession.created_at)
        .where(LoginSession.id == session_id)
        .where(LoginSession.professional_id == actor.id)
    )
    if began is None:
        raise NotFound
    return began


def end_session(session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> None:
    """The session ends: its token opens nothing after the commit. Twice is the same as once."""
    session = uow.session.scalar(
        select(LoginSession)
        .where(LoginSession.id == session_id)
        .where(LoginSession.professional_id == actor.id)
    )
    if session is None:
        raise NotFound
    if session.revoked_at is None:
        session.revoked_at = uow.now()
        after = {"revoked_at": session.revoked_at}
        uow.record("network.session_ended", session, actor=actor, case_id=None, after=after)


def hash_of(token: str) -> bytes:
    """A plain hash is enough: the token has 256 random bits, there is nothing to guess."""
    return hashlib.sha256(token.encode()).digest()


def _actor(row: Row[Any]) -> Actor:
    return Actor(
        id=row.professional_id,
        organisation_id=row.organisation_id,
        language=row.language,
        roles=frozenset(RoleKind(role) for role in row.roles),
        cantons=frozenset(row.cantons),
    )
