"""Take hold of one record of a case in order to change it."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar, runtime_checkable
from uuid import UUID

from services.consent.policy import Access
from services.consent.queries import access_to
from services.shared.errors import NotFound
from services.shared.loading import load, lock, require_version
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
    hidden or of another parent; what `may` raises if the access to its case is not enough;
    StaleVersion if `version` is given and is not the one that is read after the lock.
    """
    found = load(model, key, uow=uow)
    if not isinstance(found, OfACase):
        raise TypeError(f"{model.__name__} belongs to no case")
    if any(getattr(found, column) != wanted for column, wanted in (of or {}).items()):
        raise NotFound
    may(access_to(found.case_id, uow=uow))
    lock(found, uow=uow)
    if version is not None:
        require_version(found, version)
    return found
