"""What is put into a frozen bundle, and what comes back from whoever makes a file of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.evictions.procedures.queries import ProcedureView
from services.network.courts.places import CourtPlace


@dataclass(frozen=True, kw_only=True)
class Letter:
    """The letter of a bundle: the author's own `words`, shown as they are.

    Without `names` it is pseudonymous.
    """

    language: str
    words: str
    names: list[str]
    author: str
    organisation: str


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A version of a document that the scanner found clean."""

    position: int
    item: str
    item_name: str
    document_id: UUID
    number: int
    category: int
    title: str
    original_name: str
    media_type: str
    dated_on: date | None
    stored_name: str


@dataclass(frozen=True, kw_only=True)
class BundleContent:
    """What is printed."""

    frozen_at: datetime
    procedure: ProcedureView
    court: CourtPlace
    letter: Letter
    pieces: list[Piece]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Size and hash of a piece's file as it is served."""

    size: int
    sha256: bytes
    embedded: bool


class Pressed(Protocol):
    """The file that was made, not kept yet; `pieces` holds what was measured, by position."""

    @property
    def size(self) -> int: ...
    @property
    def sha256(self) -> bytes: ...
    @property
    def pieces(self) -> Mapping[int, Measured]: ...

    def keep(self, case_id: UUID) -> str:
        """Keep the file for good and return its name; a file without a row is swept away later."""
        ...


class Press(Protocol):
    """The maker of one file out of a content: equal contents give equal bytes."""

    def press(self, content: BundleContent) -> Pressed: ...
