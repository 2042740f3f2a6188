"""Each participant promises once for each session to keep what is said to themselves."""

from dataclasses import dataclass
from uuid import UUID

from services.intervisions.policy import require_invited
from services.intervisions.queries import attended, part_in
from services.intervisions.tables.model import Undertaking
from services.shared.actor import Actor
from services.shared.errors import Conflict
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
    attended(session_id, uow=uow)
    signed = uow.session.get(Undertaking, (session_id, actor.id))
    words = say(f"undertaking.{IN_FORCE}", language)
    return UndertakingView(IN_FORCE, language, words, signed.text_version if signed else None)


def sign(
    session_id: UUID, number: int, language: str, *, actor: Actor, uow: UnitOfWork
) -> Undertaking:
    """Sign the version in force once; `number` says which version the actor read."""
    part = part_in(session_id, uow=uow)
    require_invited(part)
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
    after = {"number": number, "language": language}
    uow.record("sign_undertaking", part.session, actor=actor, after=after)
    return signed
