"""Take hold of one record of a session in order to change it."""

from collections.abc import Callable
from typing import Protocol, TypeVar
from uuid import UUID

from services.shared.loading import load, lock, require_version
from services.shared.tables import Base, Versioned
from services.shared.unit_of_work import UnitOfWork

Record = TypeVar("Record", bound=Base)
Held_contra = TypeVar("Held_contra", bound=Base, contravariant=True)
Facts = TypeVar("Facts")
FactsOut_co = TypeVar("FactsOut_co", covariant=True)


class ReadsFacts(Protocol[Held_contra, FactsOut_co]):
    """A query that reads what the actor is to one record."""

    def __call__(self, record: Held_contra, /, *, uow: UnitOfWork) -> FactsOut_co: ...


def itself(record: Record, /, *, uow: UnitOfWork) -> Record:
    """The facts of a record that holds in its own row all that a right depends on."""
    return record


def hold(
    model: type[Record],
    key: UUID,
    facts_of: ReadsFacts[Record, Facts],
    may: Callable[[Facts], None],
    *,
    version: int | None = None,
    uow: UnitOfWork,
) -> tuple[Record, Facts]:
    """Lock a record until the transaction ends, and return it as it is now, with the facts.

    The order is the same for every change, as in `services.consent.hold`: load, right, lock,
    version. The facts about the actor are read once, by `facts_of`; the right is the pure rule
    `may`. NotFound if the record is absent or hidden; what `may` raises; StaleVersion if `version`
    is given and is not the one read after the lock.
    """
    found = load(model, key, uow=uow)
    facts = facts_of(found, uow=uow)
    may(facts)
    lock(found, uow=uow)
    if version is not None:
        if not isinstance(found, Versioned):
            raise TypeError(f"{model.__name__} has no version")
        require_version(found, version)
    return found, facts
