"""Refusals of the domain. Each has a stable code; HTTP is decided once, in `case_api.errors`.

Every code stands in the catalogues in each language (`problem.<code>`); a test keeps it so.
"""

from datetime import date, timedelta
from typing import Any
from uuid import UUID


class DomainError(Exception):
    """A refusal with a stable code and facts that hold no personal data."""

    def __init__(self, code: str, **facts: str | int | date | UUID | list[Any]) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class NotFound(DomainError):
    """Absent, or not for this actor: the two are the same answer."""

    def __init__(self, code: str = "not-found") -> None:
        super().__init__(code)


class Refused(DomainError):
    """The actor may see it but not do this."""


class Conflict(DomainError):
    """True a moment ago, no longer: somebody else was first."""


class TooMuch(DomainError):
    """More than a person may do in a period; allowed again after `wait`, where that is known."""

    def __init__(self, code: str, wait: timedelta | None = None) -> None:
        super().__init__(code)
        self.wait = wait


class RuleBroken(DomainError):
    """The record would become wrong."""


class StaleVersion(DomainError):
    """The version the caller read is not the present one."""

    def __init__(self) -> None:
        super().__init__("stale-version")


class Unreadable(DomainError):
    """It is there and nobody can read it now: everything around it works."""
