"""E-mails and SMS that are pending: claimed with what their message needs, and ended."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Connection,
    DateTime,
    Integer,
    String,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    column,
    func,
    select,
    table,
    update,
)

from notifications import vocabulary
from notifications.catalogue import DIGEST_KIND
from notifications.delivery import attempts
from notifications.lease import ACCEPTED_AT, LEASE, NOW, Claim, Done, Lease, Outcome
from notifications.model import ChannelName, Delivery
from notifications.planning import digests
from notifications.recipients import entitled
from services.evictions.law import rulesets
from services.shared.alerts import Alert, AlertState
from services.shared.unit_of_work import UnitOfWork

_NO_SYNC = {"synchronize_session": False}
_CASES = table("cases", column("id", Uuid), column("code", String))
# The values of `entitled` are given with the others, at each execution.
_WHO = entitled([], datetime.fromtimestamp(0, UTC))
_DUE = (
    select(Delivery.id)
    # In the text of the statement, so that each channel is planned by its own index.
    .where(Delivery.channel == bindparam("by_channel", type_=Text, literal_execute=True))
    .where(Delivery.state == "pending", Delivery.next_at <= NOW, vocabulary.has_words())
    .order_by(Delivery.next_at)
    .limit(bindparam("at_most", type_=Integer))
    .with_for_update(skip_locked=True)
)
# The alert itself, and each of which a digest tells: all or nothing.
_KNOWN_TO_THEM = (
    select(func.count())
    .select_from(_WHO)
    .where(_WHO.c.professional_id == Delivery.professional_id)
    .scalar_subquery()
)
_TEXTS = bindparam("law_texts", type_=ARRAY(Text))
_ASIDE_AT = bindparam("aside_at", type_=DateTime(timezone=True))
_LEASE = Lease(
    Delivery,
    due=_DUE,
    told=[Delivery.alert_id],
    may_send=bindparam("told", type_=Integer) == _KNOWN_TO_THEM,
    on_claim={"claimed_at": NOW},
    on_end={
        "faults": Delivery.faults + bindparam("more_faults", type_=Integer),
        # Since the first time: what is tried again in vain pages nobody anew.
        "set_aside_at": case(
            (ACCEPTED_AT.is_not(None), None), else_=func.coalesce(Delivery.set_aside_at, _ASIDE_AT)
        ),
    },
    ledger=attempts.kept,
)
_LETTERS = (
    select(
        Delivery.id.label("delivery_id"),
        Delivery.alert_id,
        Delivery.professional_id,
        Delivery.fence,
        Delivery.attempts,
        Delivery.message_id,
        Delivery.possible_duplicate,
        Delivery.faults,
        Alert.kind,
        Alert.facts,
        # Asked only of a date with a doubt to name: there it is said as well.
        case(
            (Alert.facts["certainty"].is_not(None), func.date_is_confirmed(Alert.object_id, _TEXTS))
        ).label("confirmed"),
        _CASES.c.code,
        _WHO.c.email.label("to"),
        _WHO.c.language,
    )
    .join(Alert, Alert.id == Delivery.alert_id)
    .outerjoin(_CASES, _CASES.c.id == Alert.case_id)
    .outerjoin(
        _WHO,
        and_(
            _WHO.c.alert_id == Delivery.alert_id,
            _WHO.c.professional_id == Delivery.professional_id,
        ),
    )
    .where(Delivery.id == any_(bindparam("claimed", type_=ARRAY(Uuid))))
    .order_by(Delivery.next_at)
)


@dataclass(frozen=True, kw_only=True)
class Letter(Claim):
    """A claimed delivery with what its message needs. `to` is None when the right is lost.

    `confirmed`: of a legal date in doubt, whether a lawyer of the network confirmed the rules.
    """

    alert_id: UUID
    professional_id: UUID
    message_id: str
    kind: str
    facts: dict[str, Any]
    code: str | None
    to: str | None
    language: str | None
    confirmed: bool | None = None
    # Of a digest: what it tells.
    lines: tuple[digests.DigestEntry, ...] = ()
    faults: int = 0


def claim(
    *,
    limit: int,
    uow: UnitOfWork,
    lease: timedelta = LEASE,
    held_by: int | None = None,
    channel: ChannelName = ChannelName.EMAIL,
) -> list[Letter]:
    """Take up to `limit` messages whose turn it is, oldest first, for the length of a lease."""
    asked = {"at_most": limit, "by_channel": channel.value, "known": vocabulary.KINDS}
    taken = _LEASE.claim(lease=lease, held_by=held_by, uow=uow, **asked)
    if not taken:
        return []
    values = {"now": uow.now(), "claimed": [row.id for row in taken]}
    values["alerts"] = [row.alert_id for row in taken]
    values["law_texts"] = rulesets.fingerprints()
    rows = uow.session.connection().execute(_LETTERS, values).mappings()
    letters = [Letter(**row) for row in rows]
    return [each if each.kind != DIGEST_KIND else _filled(each, uow=uow) for each in letters]


def _filled(letter: Letter, *, uow: UnitOfWork) -> Letter:
    lines = digests.gather(letter.alert_id, letter.professional_id, uow=uow)
    return replace(letter, lines=lines)


def step(
    ended: tuple[Letter, Outcome] | None,
    committed: Letter | None,
    *,
    now: datetime,
    connection: Connection,
) -> Done:
    """End one letter's attempt and be committed to send another: one durable commit a mail, not
    two. Nobody is committed to tell a person who lost the right since.
    """
    told = [committed.alert_id, *(line.alert_id for line in committed.lines)] if committed else []
    rights = {"alerts": told, "told": len(told)}
    return _LEASE.step(ended, committed, now=now, connection=connection, **rights)


def commit_to(letter: Letter, *, uow: UnitOfWork) -> bool:
    """Be committed to send one letter, and end no other."""
    return step(None, letter, now=uow.now(), connection=uow.session.connection()).committed


def end(letter: Letter, outcome: Outcome, *, uow: UnitOfWork) -> bool:
    """Write the outcome alone; False, and nothing written, if the claim is no longer ours."""
    return step((letter, outcome), None, now=uow.now(), connection=uow.session.connection()).ended


def withdraw(letter: Letter, *, uow: UnitOfWork) -> bool:
    """Cancel a delivery whose person may no longer know, and plan its alert again for the holders
    of now. False, and nothing done, if the person may, or if the claim is no longer ours.
    """
    alert = select(Alert.state).where(Alert.id == letter.alert_id).with_for_update()
    state = uow.session.scalars(alert).one()
    who = entitled([letter.alert_id], uow.now())
    may_know = Delivery.professional_id.in_(select(who.c.professional_id))
    if not _LEASE.cancel(letter, unless=may_know, uow=uow):
        return False
    if state == AlertState.SENDING:
        again = update(Alert).where(Alert.id == letter.alert_id)
        again = again.values(state=AlertState.PLANNED.value, next_at=None)
        uow.session.execute(again, execution_options=_NO_SYNC)
    return True


give_back = _LEASE.give_back
take_back = _LEASE.take_back
