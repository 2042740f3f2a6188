"""The sealed contacts of a member: who may open them, and what is written down when they do."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from services.consent import policy
from services.consent.queries import access_to
from services.households.model import Member
from services.households.sealed_contacts import SealedContacts, SealedField
from services.shared.actor import Actor
from services.shared.categories import Category
from services.shared.errors import Conflict, NotFound
from services.shared.loading import load_of, lock, require_version
from services.shared.unit_of_work import UnitOfWork
from services.shared.vault.case_keys import CaseKeys
from services.shared.vault.sealing import Keyring

# The access rule within the statement that reads; row-level security asks the same again.
_OPENABLE = text("may_unseal(sealed_contacts.case_id)")


@dataclass(frozen=True, kw_only=True)
class SealContacts:
    """What is not given is emptied."""

    case_id: UUID
    member_id: UUID
    address: str | None = None
    phone: str | None = None


@dataclass(frozen=True)
class CompartmentView:
    """That there is something, and not what: nothing is decrypted for it."""

    member_id: UUID
    has_address: bool
    has_phone: bool
    recorded_at: datetime
    version: int


def open_compartment(
    case_id: UUID, member_id: UUID, *, actor: Actor, uow: UnitOfWork
) -> CompartmentView:
    """Flag a member whose address and phone nobody else may learn; to be filled afterwards."""
    policy.require_reference_worker(access_to(case_id, uow=uow))
    load_of(Member, member_id, case_id, uow=uow)
    row = SealedContacts(
        id=uuid4(),
        case_id=case_id,
        member_id=member_id,
        recorded_at=uow.now(),
        recorded_by=actor.id,
    )
    try:
        with uow.session.begin_nested():
            uow.session.add(row)
    except IntegrityError as already:
        raise Conflict("compartment-already-open") from already
    _record("open_compartment", row, actor=actor, uow=uow)
    return _view(row)


def seal_contacts(
    cmd: SealContacts,
    *,
    version: int,
    keyring: Keyring,
    case_keys: CaseKeys | None,
    actor: Actor,
    uow: UnitOfWork,
) -> CompartmentView:
    """The reference worker seals both texts, which no answer, event, entry or message shows."""
    policy.require_reference_worker(access_to(cmd.case_id, uow=uow))
    row = _find(cmd.case_id, cmd.member_id, uow=uow)
    lock(row, uow=uow)
    require_version(row, version)
    texts = {SealedField.ADDRESS: cmd.address, SealedField.PHONE: cmd.phone}
    if case_keys is not None:
        texts = {field: case_keys.close(row.case_id, text) for field, text in texts.items()}
    row.write(texts, keyring)
    row.recorded_at, row.recorded_by = uow.now(), actor.id
    uow.session.flush()
    _record("seal_contacts", row, actor=actor, uow=uow)
    return _view(row)


def compartments(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> list[CompartmentView]:
    """Which members have one. Whoever may open none learns of none."""
    access_to(case_id, uow=uow)
    found = uow.session.scalars(
        select(SealedContacts)
        .where(SealedContacts.case_id == case_id, _OPENABLE)
        .order_by(SealedContacts.id)
    )
    views = [_view(row) for row in found]
    if views:
        uow.read(case_id, "compartments", Category.VIOLENCE, actor=actor)
    return views


def compartment(
    case_id: UUID, member_id: UUID, *, actor: Actor, uow: UnitOfWork
) -> CompartmentView:
    row = _find(case_id, member_id, uow=uow)
    uow.read(case_id, "compartments", Category.VIOLENCE, actor=actor)
    return _view(row)


def sealed_field(
    case_id: UUID,
    member_id: UUID,
    field: SealedField,
    *,
    keyring: Keyring,
    case_keys: CaseKeys | None,
    actor: Actor,
    uow: UnitOfWork,
) -> tuple[CompartmentView, str]:
    """One field, decrypted, with a line of its own in the read log. Unreadable without its key."""
    row = _find(case_id, member_id, uow=uow)
    found = row.text(field, keyring)
    if found is None:
        raise NotFound
    if case_keys is not None:
        found = case_keys.open(case_id, found)
    uow.read(case_id, f"sealed-{field.value}", Category.VIOLENCE, actor=actor)
    return _view(row), found


def _find(case_id: UUID, member_id: UUID, *, uow: UnitOfWork) -> SealedContacts:
    row = uow.session.scalars(
        select(SealedContacts)
        .where(SealedContacts.case_id == case_id, SealedContacts.member_id == member_id)
        .where(_OPENABLE)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def _record(action: str, row: SealedContacts, *, actor: Actor, uow: UnitOfWork) -> None:
    after = {
        "member": row.member_id,
        "key": row.key_id,
        "address": row.address is not None,
        "phone": row.phone is not None,
        "version": row.version,
    }
    uow.record(action, row, actor=actor, after=after)


def _view(row: SealedContacts) -> CompartmentView:
    return CompartmentView(
        member_id=row.member_id,
        has_address=row.address is not None,
        has_phone=row.phone is not None,
        recorded_at=row.recorded_at,
        version=row.version,
    )
