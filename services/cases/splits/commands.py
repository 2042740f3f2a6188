"""Split some members into a file of their own that nothing links to the old one (security §2.4, 6).

Purpose: an adult flees violence, with or without children. Whoever stays may read the old file, its
log and its history; the new one must not be found from there, nor the old one from it. How each
value is kept apart, and what the journal alone still knows: docs/decisions/0018.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count, islice
from uuid import UUID, uuid4

from sqlalchemy import select, text

from services.cases.commands import start_file
from services.cases.household import memberships
from services.consent import policy
from services.consent.queries import access_to
from services.households.model import Household, Member
from services.households.sealed_contacts import SealedContacts, SealedField
from services.shared.actor import Actor
from services.shared.clock import brussels, legal_day
from services.shared.errors import NotFound, RuleBroken
from services.shared.loading import load_of
from services.shared.unit_of_work import UnitOfWork
from services.shared.vault.case_keys import CaseKeys
from services.shared.vault.sealing import Keyring

# The new file seems to have been opened within working hours of one of so many days before.
_AT_LEAST, _CHOICE = 3, 30
_MORNING, _WORKING_HOURS = time(8, 0), timedelta(hours=10)


@dataclass(frozen=True, kw_only=True)
class Leaver:
    """The pseudonym is a new one: nobody recognises the old one in the new file."""

    member_id: UUID
    pseudonym: str


@dataclass(frozen=True, kw_only=True)
class SplitHousehold:
    case_id: UUID
    leavers: tuple[Leaver, ...]
    left_on: date


@dataclass(frozen=True)
class NewFile:
    """The new file, shown once to who split; the answer is kept under no Idempotency-Key."""

    id: UUID
    code: str


def split_household(
    cmd: SplitHousehold,
    *,
    keyring: Keyring,
    case_keys: CaseKeys | None,
    actor: Actor,
    uow: UnitOfWork,
) -> NewFile:
    """The leavers have a new file, whose reference worker is the actor; here they simply left.

    Their names and dates of birth move with them. Nothing else is copied: no note, document,
    tenancy, consent, exclusion or team.
    """
    household = memberships.hold_household(cmd.case_id, uow=uow)
    leaving = {each.member_id: each.pseudonym for each in cmd.leavers}
    members = _leaving(cmd.case_id, set(leaving), uow=uow)
    _require_new_names(cmd.case_id, leaving.values(), uow=uow)
    opened_at = _another_instant(cmd.case_id, cmd.left_on, uow=uow)
    case, home = start_file(household.language, None, opened_at, actor=actor, uow=uow)
    after = {"state": case.state, "reference_worker": actor.id}
    # The journal has the opening under no case: there its number and its hour would tell.
    uow.record("open_case", case, actor=actor, case_id=None, after=after)
    for member in members:
        copied = _copy(member, home, leaving[member.id], opened_at, uow=uow)
        _seal_again(member, copied, opened_at, keyring, case_keys, actor=actor, uow=uow)
        member.forget_identity()
        memberships.leave(member, cmd.left_on, actor=actor, uow=uow)
    return NewFile(case.id, case.code)


def _leaving(case_id: UUID, ids: set[UUID], *, uow: UnitOfWork) -> list[Member]:
    """The leavers, locked. RuleBroken unless an adult is among them, and another adult stays."""
    members = [load_of(Member, key, case_id, uow=uow, lock=True) for key in sorted(ids)]
    if any(member.left_on is not None for member in members):
        raise RuleBroken("member-already-left")
    if not any(member.role == "adult" for member in members):
        raise RuleBroken("split-without-adult")
    staying = [each for each in memberships.present(case_id, uow=uow) if each.id not in ids]
    if not any(member.role == "adult" for member in staying):
        raise RuleBroken("split-takes-every-adult")
    return members


def _require_new_names(case_id: UUID, pseudonyms: Iterable[str], *, uow: UnitOfWork) -> None:
    known = select(Member.pseudonym, Member.given_name, Member.family_name).where(
        Member.case_id == case_id
    )
    old = {name.casefold() for row in uow.session.execute(known) for name in row if name}
    if any(name.casefold() in old for name in pseudonyms):
        raise RuleBroken("split-same-name")


# Every day on which something of the old file happened, as far as anybody of it could read.
_DAYS = text(
    """
    SELECT (at AT TIME ZONE 'Europe/Brussels')::date FROM audit_entries WHERE case_id = :case
    UNION SELECT (at AT TIME ZONE 'Europe/Brussels')::date FROM read_entries WHERE case_id = :case
    UNION SELECT unnest(ARRAY[joined_on, left_on, birth_date]) FROM members WHERE case_id = :case
    UNION SELECT started_on FROM tenancies WHERE case_id = :case
    UNION SELECT unnest(ARRAY[acted_on, received_on]) FROM acts WHERE case_id = :case
    UNION SELECT unnest(ARRAY[falls_on, earlier_reading, overridden_date]) FROM deadlines
          WHERE case_id = :case
    UNION SELECT (starts_at AT TIME ZONE 'Europe/Brussels')::date FROM hearings
          WHERE case_id = :case
    UNION SELECT due_on FROM tasks WHERE case_id = :case
    """
)


def _another_instant(case_id: UUID, left_on: date, *, uow: UnitOfWork) -> datetime:
    """The instant at which the new file seems to be opened, on a day the old one does not know."""
    taken = {*uow.session.scalars(_DAYS, {"case": case_id}), left_on}
    earlier = (uow.today() - timedelta(days=n) for n in count(_AT_LEAST))
    day = secrets.choice(list(islice((d for d in earlier if d not in taken), _CHOICE)))
    within = secrets.randbelow(_WORKING_HOURS // timedelta(microseconds=1))
    return brussels(day, _MORNING) + timedelta(microseconds=within)


def _copy(
    member: Member,
    home: Household,
    pseudonym: str,
    opened_at: datetime,
    *,
    uow: UnitOfWork,
) -> Member:
    """A new row under a new key."""
    copied = Member(
        case_id=home.case_id,
        household_id=home.id,
        joined_on=legal_day(opened_at),
        **member.described() | {"pseudonym": pseudonym},
    )
    uow.session.add(copied)
    uow.session.flush()
    return copied


def _seal_again(
    member: Member,
    copied: Member,
    opened_at: datetime,
    keyring: Keyring,
    case_keys: CaseKeys | None,
    *,
    actor: Actor,
    uow: UnitOfWork,
) -> None:
    """What is sealed is sealed again, for its new place and under the key of the new file."""
    held = select(SealedContacts).where(SealedContacts.member_id == member.id)
    sealed = uow.session.scalars(held).one_or_none()
    if sealed is None:
        return
    fresh = SealedContacts(
        id=uuid4(),
        case_id=copied.case_id,
        member_id=copied.id,
        recorded_at=opened_at,
        recorded_by=actor.id,
    )
    texts = {field: sealed.text(field, keyring) for field in SealedField}
    if case_keys is not None:
        texts = {
            field: text and case_keys.close(copied.case_id, case_keys.open(member.case_id, text))
            for field, text in texts.items()
        }
    fresh.write(texts, keyring)
    uow.session.add(fresh)
    uow.session.flush()


@dataclass(frozen=True)
class Copied:
    member_id: UUID
    role: str
    names: bool
    compartment: bool


@dataclass(frozen=True)
class SplitPreview:
    """What would be copied; how much of the old file would stay there, by kind; what would end."""

    copied: list[Copied]
    stays: dict[str, int]
    ends_consents: int


_STAYS = text(
    """
    SELECT (SELECT count(*) FROM notes WHERE case_id = :case),
           (SELECT count(*) FROM documents WHERE case_id = :case),
           (SELECT count(*) FROM tasks WHERE case_id = :case),
           (SELECT count(*) FROM procedures WHERE case_id = :case),
           (SELECT count(*) FROM consents WHERE case_id = :case),
           (SELECT count(*) FROM participations WHERE case_id = :case AND state = 'accepted')
    """
)
_KINDS = ("notes", "documents", "tasks", "procedures", "consents", "team")
_ENDS = text(
    """
    SELECT count(*) FROM consents WHERE case_id = :case AND member_id = ANY(:members)
      AND withdrawn_at IS NULL AND app_now() < least(valid_until, renewed_at)
    """
)
_COMPARTMENTS = text("SELECT member_id FROM sealed_contacts WHERE case_id = :case")
IDENTITY_AND_VIOLENCE = 1 | 128


def preview_split(
    case_id: UUID, member_ids: Sequence[UUID], *, actor: Actor, uow: UnitOfWork
) -> SplitPreview:
    """What a split would do, with its refusals: no name, no text, no trace but that of a read."""
    policy.require_reference_worker(access_to(case_id, uow=uow))
    members = _leaving(case_id, set(member_ids), uow=uow)
    values = {"case": case_id, "members": [member.id for member in members]}
    flagged = set(uow.session.scalars(_COMPARTMENTS, values))
    row = uow.session.execute(_STAYS, values).one_or_none()
    if row is None:
        raise NotFound
    uow.read(case_id, "members", IDENTITY_AND_VIOLENCE, actor=actor)
    return SplitPreview(
        copied=[
            Copied(m.id, m.role, bool(m.given_name or m.family_name), m.id in flagged)
            for m in members
        ],
        stays=dict(zip(_KINDS, row, strict=True)),
        ends_consents=int(uow.session.scalar(_ENDS, values) or 0),
    )
