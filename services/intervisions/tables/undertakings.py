"""Each participant promises once for each session to keep what is said to themselves."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID

from services.intervisions.policy import require_invited
from services.intervisions.queries import attended, part_in
from services.intervisions.tables.model import Undertaking
from services.shared.actor import Actor
from services.shared.errors import Conflict
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
    """The texts in each language, by version; the last version is in force."""
    versions = tomllib.loads(_TEXTS.read_text(encoding="utf-8"))["versions"]
    if [version.pop("number") for version in versions] != list(range(1, len(versions) + 1)):
        raise ValueError("versions of the undertaking are numbered from 1 on")
    return tuple(
        {language: words.strip() for language, words in version.items()} for version in versions
    )


def undertaking(
    session_id: UUID, language: str, *, actor: Actor, uow: UnitOfWork
) -> UndertakingView:
    attended(session_id, uow=uow)
    signed = uow.session.get(Undertaking, (session_id, actor.id))
    return UndertakingView(
        len(texts()), language, texts()[-1][language], signed.text_version if signed else None
    )


def sign(
    session_id: UUID, number: int, language: str, *, actor: Actor, uow: UnitOfWork
) -> Undertaking:
    """Sign the version in force once; `number` says which version the actor read."""
    part = part_in(session_id, uow=uow)
    require_invited(part)
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
    after = {"number": number, "language": language}
    uow.record("sign_undertaking", part.session, actor=actor, after=after)
    return signed
