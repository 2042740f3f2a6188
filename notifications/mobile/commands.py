"""Give a number, prove it by the code that was sent to it, take it back: each for oneself."""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from notifications.mobile.model import MobileNumber, place_of
from services.shared.actor import Actor
from services.shared.errors import Conflict, NotFound, RuleBroken
from services.shared.loading import lock
from services.shared.unit_of_work import UnitOfWork
from services.shared.vault.sealing import Keyring

CODE_VALID = timedelta(minutes=15)
# E.164 (ITU-T) of Europe's zones 3 and 4, where a network of Brussels has its people; nobody can
# make us call a dear number at the other end of the world.
_NUMBER = re.compile(r"\+[34][0-9]{7,13}", re.ASCII)
# Of Belgium, those that can take an SMS: +324 and eight digits (BIPT's numbering plan).
_BELGIAN = re.compile(r"\+324[5-9][0-9]{7}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class NumberView:
    """The number as its owner sees it: enough to recognise it."""

    ending: str
    given_at: datetime
    verified_at: datetime | None
    code_valid_until: datetime | None


def give_number(
    number: str, *, offered: bool, keyring: Keyring, actor: Actor, uow: UnitOfWork
) -> NumberView:
    """It replaces the one before at once, and counts once its code is typed in."""
    if not offered:
        raise Conflict("sms-not-offered")
    if not _is_mobile(number):
        raise RuleBroken("mobile-number-refused")
    row = _sealed(number, keyring, actor=actor, uow=uow)
    own = MobileNumber.professional_id == actor.id
    uow.session.execute(
        insert(MobileNumber)
        .values(professional_id=actor.id, **row)
        .on_conflict_do_update(constraint="uq_mobile_numbers_professional_id", set_=row)
    )
    kept = uow.session.scalars(
        select(MobileNumber).where(own).execution_options(populate_existing=True)
    ).one()
    after = {"verified": False, "code_valid_until": kept.code_valid_until}
    uow.record("give_mobile_number", kept, actor=actor, case_id=None, after=after)
    uow.wake()
    return _shown(kept, number)


def verify_number(code: str, *, keyring: Keyring, actor: Actor, uow: UnitOfWork) -> NumberView:
    """How often somebody may try is limited where the request comes in."""
    kept = _mine(actor=actor, uow=uow)
    lock(kept, uow=uow)
    number = keyring.unseal(kept.sealed, place_of(kept.id), kept.key_id)
    if kept.verified_at is not None:
        return _shown(kept, number)
    if kept.code_sealed is None or not _still_valid(kept, uow):
        raise Conflict("mobile-code-over")
    known = keyring.unseal(kept.code_sealed, place_of(kept.id, "code_sealed"), kept.key_id)
    if not hmac.compare_digest(known.encode(), code.encode()):
        raise RuleBroken("mobile-code-wrong")
    kept.verified_at = uow.now()
    kept.code_sealed = kept.code_valid_until = kept.code_due_at = None
    uow.session.flush()
    before, after = {"verified": False}, {"verified": True}
    uow.record("verify_mobile_number", kept, actor=actor, case_id=None, before=before, after=after)
    return _shown(kept, number)


def remove_number(*, actor: Actor, uow: UnitOfWork) -> None:
    """Gone at commit. What waits to be sent to it is told by people instead."""
    kept = _mine(actor=actor, uow=uow)
    before = {"verified": kept.verified_at is not None}
    uow.record("remove_mobile_number", kept, actor=actor, case_id=None, before=before)
    uow.session.execute(delete(MobileNumber).where(MobileNumber.id == kept.id))


def my_number(*, keyring: Keyring, actor: Actor, uow: UnitOfWork) -> NumberView:
    kept = _mine(actor=actor, uow=uow)
    return _shown(kept, keyring.unseal(kept.sealed, place_of(kept.id), kept.key_id))


def _mine(*, actor: Actor, uow: UnitOfWork) -> MobileNumber:
    own = select(MobileNumber).where(MobileNumber.professional_id == actor.id)
    kept = uow.session.scalars(own).one_or_none()
    if kept is None:
        raise NotFound
    return kept


def _is_mobile(number: str) -> bool:
    if number.startswith("+32"):
        return bool(_BELGIAN.fullmatch(number))
    return bool(_NUMBER.fullmatch(number))


def _still_valid(kept: MobileNumber, uow: UnitOfWork) -> bool:
    return kept.code_valid_until is not None and uow.now() < kept.code_valid_until


def _sealed(number: str, keyring: Keyring, *, actor: Actor, uow: UnitOfWork) -> dict[str, object]:
    """A row of its own each time: neither number nor code opens in the place of another."""
    row_id: UUID = uuid4()
    key_id = keyring.newest()
    code = f"{secrets.randbelow(1_000_000):06}"
    return {
        "id": row_id,
        "sealed": keyring.seal(number, place_of(row_id), key_id),
        "key_id": key_id,
        "given_at": uow.now(),
        "verified_at": None,
        "code_sealed": keyring.seal(code, place_of(row_id, "code_sealed"), key_id),
        "code_valid_until": uow.now() + CODE_VALID,
        "code_due_at": uow.now(),
        "code_attempts": 0,
    }


def _shown(kept: MobileNumber, number: str) -> NumberView:
    return NumberView(
        ending=number[-2:],
        given_at=kept.given_at,
        verified_at=kept.verified_at,
        code_valid_until=kept.code_valid_until,
    )
