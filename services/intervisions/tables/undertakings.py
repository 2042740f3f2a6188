"""The promise to keep what is heard at a table to oneself, signed once for each session."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from services.intervisions import policy
from services.intervisions.tables.model import Undertaking
from services.shared.actor import Actor
from services.shared.errors import Conflict, Refused
from services.shared.unit_of_work import UnitOfWork
from services.shared.words.catalogue import say

# The text that is in force, `undertaking.<number>` in the catalogues; a former one stays there,
# since it was signed. Professional secrecy: Criminal Code, art. 458 (old numbering; its number in
# the Code of 2024 is to be checked by the network's lawyer).
IN_FORCE = 1


@dataclass(frozen=True)
class UndertakingView:
    """The text in force in one language, and which version the reader signed, if any."""

    number: int
    language: str
    text: str
    signed: int | None


def undertaking(
    session_id: UUID, language: str, *, actor: Actor, uow: UnitOfWork
) -> UndertakingView:
    policy.session_of(session_id, uow=uow)
    signed = uow.session.get(Undertaking, (session_id, actor.id))
    words = say(f"undertaking.{IN_FORCE}", language)
    return UndertakingView(IN_FORCE, language, words, signed.text_version if signed else None)


def sign(
    session_id: UUID, number: int, language: str, *, actor: Actor, uow: UnitOfWork
) -> Undertaking:
    """The version in force, as it was read; once."""
    session = policy.session_of(session_id, uow=uow)
    policy.require_invited(session, actor=actor, uow=uow)
    if number != IN_FORCE:
        raise Conflict("undertaking-changed")
    if uow.session.get(Undertaking, (session_id, actor.id)) is not None:
        raise Conflict("undertaking-signed")
    signed = Undertaking(
        session_id=session_id,
        professional_id=actor.id,
        text_version=number,
        language=language,
        signed_at=uow.now(),
    )
    uow.session.add(signed)
    uow.session.flush()
    after = {"number": number, "language": language}
    uow.record("sign_undertaking", session, actor=actor, case_id=None, after=after)
    return signed


def require_signed(session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> None:
    """No content of a table without it."""
    mine = select(Undertaking.text_version).where(
        Undertaking.session_id == session_id, Undertaking.professional_id == actor.id
    )
    if uow.session.scalar(mine) is None:
        raise Refused("undertaking-unsigned")
