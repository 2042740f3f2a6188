"""The session of one adult of a household: opened by a code, short, ended by many things.

Besides its own end it stops when the member leaves, when the reference worker takes it back, issues
a new code or hands the case over: `portal_member()` asks all of it in every statement.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import text, update

from services.portal.codes import hash_of
from services.portal.model import PortalSession
from services.shared.actor import HouseholdMember
from services.shared.unit_of_work import UnitOfWork

# The idle limit stands a second time in functions.sql, where it is enforced; a test compares them.
IDLE = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=2)
_ENTER = text("SELECT * FROM enter_portal(:code, :session, :token, :csrf, :at, :ends)")
_FIND = text("SELECT * FROM find_portal_session(:token, :at)")
_IS_LIVE = text("SELECT portal_member() IS NOT NULL")
_BECOME = text("SELECT set_config('app.portal_session', :session, true)")


@dataclass(frozen=True, kw_only=True)
class Entered:
    """`token` is shown here once and stored nowhere."""

    token: str
    csrf_token: str
    expires_at: datetime
    language: str


@dataclass(frozen=True, kw_only=True)
class LiveSession:
    member: HouseholdMember
    csrf_token: str
    expires_at: datetime


def enter(code: str, *, uow: UnitOfWork) -> Entered | None:
    """None for every code that does not open: wrong, used, too old, taken back, unknown."""
    session, token, csrf = uuid4(), secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    ends = uow.now() + ABSOLUTE
    row = uow.session.execute(
        _ENTER,
        {
            "code": hash_of(code),
            "session": session,
            "token": _token_hash(token),
            "csrf": csrf,
            "at": uow.now(),
            "ends": ends,
        },
    ).one_or_none()
    if row is None:
        return None
    uow.session.execute(_BECOME, {"session": str(session)})
    member = HouseholdMember(
        id=row.member_id, case_id=row.case_id, session_id=session, language=row.language
    )
    opened = PortalSession(id=session)
    uow.record("enter_portal", opened, actor=member, case_id=member.case_id, after={"ends": ends})
    return Entered(token=token, csrf_token=csrf, expires_at=ends, language=row.language)


def find_session(token: str, *, uow: UnitOfWork) -> LiveSession | None:
    """The live session of a token, which counts as activity."""
    values = {"token": _token_hash(token), "at": uow.now()}
    row = uow.session.execute(_FIND, values).one_or_none()
    if row is None:
        return None
    member = HouseholdMember(
        id=row.member_id,
        case_id=row.case_id,
        session_id=row.session_id,
        language=row.language,
    )
    return LiveSession(member=member, csrf_token=row.csrf_token, expires_at=row.expires_at)


def is_live(*, uow: UnitOfWork) -> bool:
    """Whether this transaction is still that of an adult of the household."""
    return bool(uow.session.scalar(_IS_LIVE))


def leave(*, actor: HouseholdMember, uow: UnitOfWork) -> None:
    """The session is over at commit; the code that opened it stays used."""
    left = PortalSession(id=actor.session_id)
    after = {"ended_at": uow.now()}
    uow.record("leave_portal", left, actor=actor, case_id=actor.case_id, after=after)
    uow.session.execute(
        update(PortalSession)
        .where(PortalSession.id == actor.session_id)
        .values(ended_at=uow.now()),
        execution_options={"synchronize_session": False},
    )


def _token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
