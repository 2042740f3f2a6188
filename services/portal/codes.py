"""One-time codes: issued by the reference worker, typed by one adult, known to nobody else."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import insert, update

from services.consent import policy
from services.consent.queries import access_to
from services.households.model import Member, require_adult
from services.portal.model import PortalCode, PortalSession
from services.shared.actor import Actor
from services.shared.errors import RuleBroken
from services.shared.loading import load_of, one_at_a_time
from services.shared.tables import NO_SYNC
from services.shared.unit_of_work import UnitOfWork

# Crockford's base32: no I, L, O or U, so that nothing is misread. 12 of 32 symbols: 60 bits.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 12, 4
LIVES = timedelta(hours=72)
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})


@dataclass(frozen=True, kw_only=True)
class IssuedCode:
    """`code` is shown here once and stored nowhere."""

    id: UUID
    code: str
    expires_at: datetime


def new_code() -> str:
    symbols = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(symbols[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def hash_of(typed: str) -> bytes:
    """Hash of the normalised code: either case, I and L as 1, O as 0, separators ignored."""
    return hashlib.sha256(typed.upper().translate(_READ_AS).encode()).digest()


def issue_code(case_id: UUID, member_id: UUID, *, actor: Actor, uow: UnitOfWork) -> IssuedCode:
    """A new code replaces the open one, and ends the sessions that earlier ones opened: whoever
    asks for a new one may have lost the phone.
    """
    policy.require_lead(access_to(case_id, uow=uow))
    member = _adult(case_id, member_id, uow=uow)
    if member.left_on is not None:
        raise RuleBroken("member-already-left")
    _shut(member_id, uow=uow)
    issued = IssuedCode(id=uuid4(), code=new_code(), expires_at=uow.now() + LIVES)
    uow.session.execute(
        insert(PortalCode).inline(),
        {
            "id": issued.id,
            "case_id": case_id,
            "member_id": member.id,
            "code_hash": hash_of(issued.code),
            "issued_by": actor.id,
            "issued_at": uow.now(),
            "expires_at": issued.expires_at,
        },
    )
    after = {"code": issued.id, "expires_at": issued.expires_at}
    uow.record("issue_portal_code", member, actor=actor, after=after)
    return issued


def shut_portal(case_id: UUID, member_id: UUID, *, actor: Actor, uow: UnitOfWork) -> None:
    """The open code is worth nothing from now on, and every session of the member ends."""
    policy.require_lead(access_to(case_id, uow=uow))
    member = _adult(case_id, member_id, uow=uow)
    _shut(member_id, uow=uow)
    uow.record("shut_portal", member, actor=actor, after={"at": uow.now()})


def _adult(case_id: UUID, member_id: UUID, *, uow: UnitOfWork) -> Member:
    """Two codes at once for one member come one after the other. Not by holding their row, which
    nobody can in a closed case: its household comes in, too."""
    member = load_of(Member, member_id, case_id, uow=uow)
    require_adult(member)
    one_at_a_time(f"portal code {member_id}", uow=uow)
    return member


def _shut(member_id: UUID, *, uow: UnitOfWork) -> None:
    uow.session.execute(
        update(PortalCode)
        .where(PortalCode.member_id == member_id)
        .where(PortalCode.used_at.is_(None), PortalCode.revoked_at.is_(None))
        .values(revoked_at=uow.now()),
        execution_options=NO_SYNC,
    )
    uow.session.execute(
        update(PortalSession)
        .where(PortalSession.member_id == member_id, PortalSession.ended_at.is_(None))
        .values(ended_at=uow.now()),
        execution_options=NO_SYNC,
    )
