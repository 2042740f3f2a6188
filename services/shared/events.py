"""Past facts: ids and dates, no personal data. They are kept in logs and in the outbox."""

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Self
from uuid import UUID

REGISTRY: dict[str, type["Event"]] = {}


@dataclass(frozen=True, kw_only=True)
class Event:
    """Subclasses set `name` to `feature.past_tense`; every name has a row in `workers.routing`."""

    name: ClassVar[str] = ""
    case_id: UUID | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        REGISTRY[cls.name] = cls

    def payload(self) -> dict[str, Any]:
        """JSON-ready fields: UUIDs and dates as text."""
        return {f.name: plain(getattr(self, f.name)) for f in dataclasses.fields(self)}

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Self:
        """Inverse of `payload`. Unknown keys of a newer version are ignored."""
        types = {f.name: str(f.type) for f in dataclasses.fields(cls)}
        values = {k: _typed(v, types[k]) for k, v in payload.items() if k in types}
        return cls(**values)


def plain(value: Any) -> Any:
    """JSON-ready: a UUID, a date or a moment as text; anything else as it is."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def _typed(value: Any, type_name: str) -> Any:
    if not isinstance(value, str):
        return value
    if "UUID" in type_name:
        return UUID(value)
    # As str() shows the type: a plain day is "datetime.date".
    if "datetime.datetime" in type_name:
        return datetime.fromisoformat(value)
    if "date" in type_name:
        return date.fromisoformat(value)
    return value
