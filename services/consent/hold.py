"""Take hold of one record of a case in order to change it."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar, runtime_checkable
from uuid import UUID

from services.consent.policy import Access
from services.consent.queries import access_to
from services.shared.errors import NotFound
from services.shared.loading import lock, require_version
from services.shared.tables import Base
from services.shared.unit_of_work import UnitOfWork


@runtime_checkable
class OfACase(Protocol):
    """A row that belongs to a case and carries a version."""

    @property
    def case_id(self) -> Any: ...

    @property
    def version(self) -> Any: ...


Record = TypeVar("Record", bound=Base)


def hold(
    model: type[Record],
    key: UUID,
    may: Callable[[Access], None],
    *,
    of: Mapping[str, UUID] | None = None,
    version: int | None = None,
    uow: UnitOfWork,
) -> Record:
    """The record, locked until the transaction ends and read again as it is now.

    The order is the same for every change: load, right, lock, version. `of` names columns that must
    hold these ids, such as the parent in the path of a request. NotFound if the record is absent,
    hidden or of another parent; what `may` raises if the access to its case, or to the case that
    `of` names, is not enough; StaleVersion if `version` is given and is not the one that is read
    after the lock.
    """
    found = _find(model, key, of or {}, uow=uow)
    if found is None and of and "case_id" in of:
        may(access_to(of["case_id"], uow=uow))
    if found is None:
        raise NotFound
    may(access_to(_in_a_case(found).case_id, uow=uow))
    return _locked(found, version, uow=uow)


def hold_if(
    model: type[Record],
    key: UUID,
    may: Callable[[Record, Access], None],
    *,
    of: Mapping[str, UUID] | None = None,
    version: int | None = None,
    uow: UnitOfWork,
) -> Record:
    """The same as `hold`, where the right depends on the record too: its author or category."""
    found = _find(model, key, of or {}, uow=uow)
    if found is None:
        raise NotFound
    may(found, access_to(_in_a_case(found).case_id, uow=uow))
    return _locked(found, version, uow=uow)


def _find(
    model: type[Record], key: UUID, of: Mapping[str, UUID], *, uow: UnitOfWork
) -> Record | None:
    found = uow.session.get(model, key)
    if found is None or any(getattr(found, column) != wanted for column, wanted in of.items()):
        return None
    return found


def _in_a_case(record: Base) -> OfACase:
    if not isinstance(record, OfACase):
        raise TypeError(f"{type(record).__name__} belongs to no case")
    return record


def _locked(record: Record, version: int | None, *, uow: UnitOfWork) -> Record:
    lock(record, uow=uow)
    if version is not None:
        require_version(_in_a_case(record), version)
    return record
