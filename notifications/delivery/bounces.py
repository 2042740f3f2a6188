"""What a mail server reports back: a message it had taken could not be delivered (RFC 3464).

Who may report: whoever knows the Message-ID, which is random and stands in the message alone. So a
report needs no sender we trust, and one that was made up names no delivery of ours.
"""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage, Message
from enum import StrEnum
from typing import cast

from sqlalchemy import text

from notifications.model import DeliveryState
from services.shared.unit_of_work import UnitOfWork

# A report quotes headers, perhaps a whole message of ours, which has a few kilobytes.
LARGEST = 256 * 1024
_PARTS = 20
_IDS = 10
# RFC 3463: a class, a subject and a detail. Written into the row, so nothing else may pass.
_CODE = frozenset("0123456789.")


class Outcome(StrEnum):
    """What the report changed. `busy`: it is being sent again at this moment, ask later."""

    TAKEN = "taken"
    NOTHING = "nothing"
    BUSY = "busy"


@dataclass(frozen=True)
class Bounce:
    """A delivery that failed for good, by the Message-IDs that the report names."""

    message_ids: tuple[str, ...]
    status: str


def read_bounce(raw: bytes) -> Bounce | None:
    """None for everything that is no report of a final failure: other mail, delays, successes.

    A server that gave up trying reports `failed` with a 4.x.x status: that is final too.
    """
    if len(raw) > LARGEST:
        raw = raw[:LARGEST]
    try:
        mail = cast(EmailMessage, message_from_bytes(raw, policy=policy.compat32))
        if not _is_report(mail):
            return None
        parts = _parts(mail)
        status = _failed(parts)
    # Whatever a stranger can write: unknown charsets, broken headers, parts within parts.
    except (MessageError, LookupError, ValueError, TypeError, AttributeError, RecursionError):
        return None
    ids = _named_in(mail, parts)
    return Bounce(ids, status) if status and ids else None


def _is_report(mail: Message) -> bool:
    kind = str(mail.get_param("report-type", ""))
    return mail.get_content_type() == "multipart/report" and kind.lower() == "delivery-status"


def _parts(mail: Message) -> list[Message]:
    parts = []
    for part in mail.walk():
        parts.append(part)
        if len(parts) > _PARTS:
            raise ValueError("too many parts")
    return parts


def _failed(parts: list[Message]) -> str | None:
    """The status of the first recipient to whom it failed; a delay is none."""
    for part in parts:
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in part.walk():
            if str(block.get("Action", "")).strip().lower() == "failed":
                status = str(block.get("Status", "")).split(" ")[0].strip()
                fine = status[:1] in ("4", "5") and set(status) <= _CODE and len(status) < 12
                return status if fine else "5.0.0"
    return None


def _named_in(mail: Message, parts: list[Message]) -> tuple[str, ...]:
    """Addresses that a report names (RFC 3462 §2), or puts where nothing is sent back."""
    named: list[str] = []
    for part in parts:
        if part is mail:
            named += _ids(part, "In-Reply-To", "References", "X-Original-Message-ID")
        elif part.get_content_type() == "text/rfc822-headers":
            quoted = message_from_bytes(cast(bytes, part.get_payload(decode=True) or b""))
            named += _ids(quoted, "Message-ID")
        else:
            named += _ids(part, "Message-ID", "Original-Message-ID")
    return tuple(dict.fromkeys(named))[:_IDS]


def _ids(part: Message, *names: str) -> list[str]:
    values = [str(value) for name in names for value in part.get_all(name, [])]
    return [word for value in values for word in value.split() if _plausible(word)]


def _plausible(word: str) -> bool:
    return word[:1] == "<" and word[-1:] == ">" and len(word) < 300 and word.isascii()


# Only what was sent (or tried after the content had left) and nobody has answered.
_TAKE = text(
    """
    UPDATE deliveries d SET state = :rejected, last_error = :error, lease_until = NULL
    FROM alerts a
    WHERE d.message_id = ANY(:ids) AND d.channel = 'email' AND a.id = d.alert_id
      AND (d.state = 'sent' OR d.state = 'pending' AND d.data_at IS NOT NULL)
      AND a.state IN ('planned', 'sending')
    RETURNING d.id
    """
)
_BUSY = text(
    "SELECT EXISTS (SELECT FROM deliveries WHERE message_id = ANY(:ids) AND state = 'sending')"
)


def take_bounce(bounce: Bounce, *, uow: UnitOfWork) -> Outcome:
    """The delivery failed after all; what follows is the same as after a refusal. A second report
    changes nothing, and neither does one of an alert that somebody acknowledged.
    """
    values = {
        "ids": list(bounce.message_ids),
        "rejected": DeliveryState.REJECTED.value,
        "error": f"bounce-{bounce.status}",
    }
    if uow.session.execute(_TAKE, values).first() is not None:
        uow.wake()
        return Outcome.TAKEN
    busy = uow.session.scalar(_BUSY, {"ids": values["ids"]})
    return Outcome.BUSY if busy else Outcome.NOTHING
