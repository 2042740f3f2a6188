"""The message of a claimed delivery, as it will leave."""

from datetime import date, datetime
from uuid import UUID

from notifications.channels.base import Message
from notifications.channels.calendar import METHODS, Invitation
from notifications.letters import Letter
from notifications.rendering import Rendered, render, render_digest
from services.shared.clock import legal_day
from workers.runtime import Runtime


def message_of(letter: Letter, runtime: Runtime) -> Message:
    """In the words of now. Unrenderable if this release has none."""
    now = runtime.clock.now()
    content = _content(letter, runtime, legal_day(now))
    return Message(
        to=letter.to or "",
        message_id=letter.message_id,
        content=content,
        at=now,
        possible_duplicate=letter.possible_duplicate,
        invitation=_invitation(letter, content.language),
    )


def _content(letter: Letter, runtime: Runtime, today: date) -> Rendered:
    link = f"{runtime.public_url}/alerts/"
    if letter.lines:
        told = [
            (each.kind, each.facts, each.code, f"{link}{each.alert_id}") for each in letter.lines
        ]
        home = f"{runtime.public_url}/"
        return render_digest(told, language=letter.language, link=home, today=today)
    return render(
        letter.kind,
        letter.facts,
        language=letter.language,
        code=letter.code,
        link=f"{link}{letter.alert_id}",
        today=today,
    )


def _invitation(letter: Letter, language: str) -> Invitation | None:
    """The hearing itself, where the alert is an invitation; the message was rendered before, so
    that its facts are there."""
    method = METHODS.get(letter.kind)
    if method is None:
        return None
    return Invitation(
        method=method,
        uid=UUID(letter.facts["uid"]),
        sequence=int(letter.facts["sequence"]),
        starts_at=datetime.fromisoformat(letter.facts["hearing_at"]),
        case_code=letter.code or "",
        language=language,
    )
