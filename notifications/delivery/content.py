"""The message of a claimed delivery, as it will leave."""

from datetime import date, datetime
from uuid import UUID

from notifications.channels.base import Message
from notifications.channels.calendar import METHODS, Invitation
from notifications.delivery.letters import Letter
from notifications.rendering import Rendered, render, render_digest
from notifications.runtime import Runtime
from services.shared.clock import legal_day


def message_of(letter: Letter, runtime: Runtime) -> Message:
    """The message in the words of now. Unrenderable if this release has none."""
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
        confirmed=letter.confirmed is not False,
    )


def _invitation(letter: Letter, language: str) -> Invitation | None:
    """The hearing or session, where the alert is an invitation; the message was rendered before, so
    that its facts are there."""
    method = METHODS.get(letter.kind)
    if method is None:
        return None
    facts = letter.facts
    is_session = "session_at" in facts
    return Invitation(
        method=method,
        uid=UUID(facts["uid"]),
        sequence=int(facts["sequence"]),
        starts_at=datetime.fromisoformat(facts["session_at" if is_session else "hearing_at"]),
        name=str(facts["number"]) if is_session else letter.code or "",
        language=language,
        kind="session" if is_session else "hearing",
        ends_at=datetime.fromisoformat(facts["session_ends_at"]) if is_session else None,
    )
