"""The promise to keep what is heard at a table to oneself, signed once for each session."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from services.intervisions import policy
from services.intervisions.tables.model import Undertaking
from services.shared.actor import Actor
from services.shared.errors import Conflict, Refused
from services.shared.unit_of_work import UnitOfWork

_TEXTS = Path(__file__).with_name("undertaking.toml")


@dataclass(frozen=True)
class UndertakingView:
    """The text in force in one language, and which version the reader signed, if any."""

    number: int
    language: str
    text: str
    signed: int | None


@cache
def texts() -> tuple[dict[str, str], ...]:
    """By version, the first first; the last is in force. Language -> text."""
    versions = tomllib.loads(_TEXTS.read_text(encoding="utf-8"))["versions"]
    if [version.pop("number") for version in versions] != list(range(1, len(versions) + 1)):
        raise ValueError("versions of the undertaking are numbered from 1 on")
    return tuple(
        {language: words.strip() for language, words in version.items()} for version in versions
    )


def undertaking(
    session_id: UUID, language: str, *, actor: Actor, uow: UnitOfWork
) -> UndertakingView:
    policy.session_of(session_id, uow=uow)
    signed = uow.session.get(Undertaking, (session_id, actor.id))
    return UndertakingView(
        len(texts()), language, texts()[-1][language], signed.text_version if signed else None
    )


def sign(
    session_id: UUID, number: int, language: str, *, actor: Actor, uow: UnitOfWork
) -> Undertaking:
    """The version in force, as it was read; once."""
    session = policy.session_of(session_id, uow=uow)
    policy.require_invited(session, actor=actor, uow=uow)
    if number != len(texts()):
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
