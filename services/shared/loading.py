"""Load one record, or answer as if it did not exist; hold it, or a name, while it is changed."""

from typing import Protocol, TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, InvalidRequestError, NoResultFound

from services.shared.errors import Conflict, NotFound, StaleVersion
from services.shared.tables import Base
from services.shared.unit_of_work import UnitOfWork

Record = TypeVar("Record", bound=Base)
Row = TypeVar("Row")
Row_co = TypeVar("Row_co", covariant=True)
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


class HasVersion(Protocol):
    @property
    def version(self) -> int: ...


class HasOne(Protocol[Row_co]):
    """The result of a statement, of whole rows, single values or mappings."""

    def one(self) -> Row_co: ...


def load(model: type[Record], key: UUID, *, uow: UnitOfWork, lock: bool = False) -> Record:
    """The record as this actor may see it. NotFound for absent and for hidden alike.

    `lock` holds the row until the transaction ends: a second caller waits, then sees the outcome.
    """
    found = uow.session.get(model, key, with_for_update=True if lock else None)
    if found is None:
        raise NotFound
    return found


def load_of(
    model: type[Record], key: UUID, case_id: UUID, *, uow: UnitOfWork, lock: bool = False
) -> Record:
    """The record if it belongs to that case; NotFound otherwise."""
    found = load(model, key, uow=uow, lock=lock)
    if getattr(found, "case_id", None) != case_id:
        raise NotFound
    return found


def still_there(found: HasOne[Row]) -> Row:
    """The one row about a record that was loaded before. NotFound if it is hidden by now.

    Each statement sees what is committed when it begins, so that access may end between two.
    """
    try:
        return found.one()
    except NoResultFound as hidden:
        raise NotFound from hidden


def lock(record: Base, *, uow: UnitOfWork) -> None:
    """Hold the row until the transaction ends, and read it again as it is now.

    Asked after the right to change it: row-level security shows no row to whoever lost that right
    in between, and that is a Conflict.
    """
    try:
        uow.session.refresh(record, with_for_update=True)
    except InvalidRequestError as lost:
        raise Conflict("conflict") from lost


def add_once(record: Base, otherwise: Conflict, *, uow: UnitOfWork) -> None:
    """Write a new record; raises `otherwise` if its table refuses a second one like it.

    The transaction cannot go on after the conflict: whoever wants it to needs a savepoint.
    """
    uow.session.add(record)
    try:
        uow.session.flush()
    except IntegrityError as already:
        raise otherwise from already


def one_at_a_time(name: str, *, uow: UnitOfWork) -> None:
    """Transactions that ask for one name follow each other, where no row is theirs to lock."""
    uow.session.execute(_ONE_AT_A_TIME, {"name": name})


def require_version(record: HasVersion, version: int) -> None:
    """StaleVersion unless `version` is what the caller would read now."""
    if record.version != version:
        raise StaleVersion
