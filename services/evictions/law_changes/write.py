"""What a batch of a recomputation writes: dates, alerts, the list of what moved and the journal,
each in one statement for all of the batch.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.orm.exc import StaleDataError

from services.evictions.dates import warnings
from services.evictions.dates.recompute import Computed, Difference, Key, fields_of
from services.evictions.dates.warnings import Told
from services.evictions.law.calendar import Calendar
from services.evictions.law.model import Recomputation, RunState
from services.evictions.law_changes.read import HeldDate, Running
from services.shared import alerts
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.audit import Audited
from services.shared.unit_of_work import UnitOfWork

URGENT = timedelta(days=7)
MOVED = "evictions.deadline_moved"


@dataclass(frozen=True)
class Moved:
    """A procedure, its dates as they should be, and where they differ from those that stand."""

    running: Running
    wanted: Mapping[Key, Computed]
    rows: Sequence[HeldDate]
    differences: Sequence[Difference]


@dataclass(frozen=True)
class _Date:
    """A date as it is to stand; `told_…`: what its alerts say of it, if anybody is told. `was`: the
    day that stood, by which people went; None for a date that is new.
    """

    id: UUID
    version: int
    case_id: UUID
    key: Key
    was: date | None
    cautious: Told
    told_before: Told | None
    told_now: Told | None

    @property
    def moved(self) -> bool:
        """Whether people hear of another day, not only of another certainty."""
        before, now = self.told_before, self.told_now
        return before is None or now is None or before.last != now.last


_HELD = text(
    """
    SELECT d.id FROM deadlines d
    JOIN jsonb_to_recordset(CAST(:rows AS jsonb)) AS v(id uuid, version int)
      ON v.id = d.id AND v.version = d.version
    FOR UPDATE OF d
    """
)
_UPDATE = text(
    """
    UPDATE deadlines d SET version = d.version + 1, rule_set = v.rule_set,
      rule_version = v.rule_version, computes = v.computes, protective = v.protective,
      falls_on = v.falls_on, earlier_reading = v.earlier_reading, steps = v.steps,
      article = v.article, source = v.source, certainty = v.certainty
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS v(id uuid, rule_set text, rule_version int,
      computes text, protective boolean, falls_on date, earlier_reading date, steps jsonb,
      article text, source text, certainty text)
    WHERE d.id = v.id AND
      (d.rule_set, d.rule_version, d.computes, d.protective, d.falls_on, d.earlier_reading, d.steps,
       d.article, d.source, d.certainty) IS DISTINCT FROM
      (v.rule_set, v.rule_version, v.computes, v.protective, v.falls_on, v.earlier_reading, v.steps,
       v.article, v.source, v.certainty)
    RETURNING d.id, d.version
    """
)
_INSERT = text(
    """
    INSERT INTO deadlines (id, version, case_id, procedure_id, act_id, rule_id, rule_set,
      rule_version, computes, protective, falls_on, earlier_reading, steps, article, source,
      certainty)
    SELECT id, 1, case_id, procedure_id, act_id, rule_id, rule_set, rule_version, computes,
      protective, falls_on, earlier_reading, steps, article, source, certainty
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS v(id uuid, case_id uuid, procedure_id uuid,
      act_id uuid, rule_id text, rule_set text, rule_version int, computes text,
      protective boolean, falls_on date, earlier_reading date, steps jsonb, article text,
      source text, certainty text)
    """
)
_DELETE = text("DELETE FROM deadlines WHERE id = ANY(:ids) AND overridden_date IS NULL")
_LIST = text(
    """
    INSERT INTO recomputed_deadlines (id, recomputation_id, case_id, procedure_id, act_id, rule_id,
      computes, kind, before, after)
    SELECT gen_random_uuid(), :run, case_id, procedure_id, act_id, rule_id, computes, kind, before,
      after
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS v(case_id uuid, procedure_id uuid,
      act_id uuid, rule_id text, computes text, kind text, before date, after date)
    """
)


def note(run: Recomputation, batch: Sequence[Moved], *, uow: UnitOfWork) -> None:
    """Each date that moves, for who is responsible; in the journal once it is written."""
    rows = [
        vars(each) | {"case_id": moved.running.case_id, "procedure_id": moved.running.id}
        for moved in batch
        for each in moved.differences
    ]
    for row in rows:
        setattr(run, row["kind"], getattr(run, row["kind"]) + 1)
    if rows:
        uow.session.execute(_LIST, {"run": run.id, "rows": _json(rows)})
    if run.state == RunState.APPLYING:
        entries = [_audited(run, each) for each in batch if each.differences]
        uow.record_all("recompute_deadlines", "procedures", entries)


def write(batch: Sequence[Moved], calendar: Calendar, *, uow: UnitOfWork) -> None:
    """The dates as wanted with their alerts. StaleDataError if one was changed meanwhile: the batch
    is taken again.
    """
    known = {(row.act_id, row.rule_id): row for each in batch for row in each.rows}
    words = _Words()
    changed, added, dates = [], [], []
    for each in batch:
        for key, new in each.wanted.items():
            row = known.pop(key, None)
            its_id, version = (row.id, row.version) if row else (uuid4(), 1)
            written = words.of(new) | {"id": its_id, "version": version}
            if row is None:
                named = {"case_id": each.running.case_id, "procedure_id": each.running.id}
                added.append(written | named | {"act_id": key[0]})
            else:
                changed.append(written)
            stood, own = (_stood(row), row.overridden_date) if row else (None, None)
            told_before = stood if row and row.protective else None
            doubt = warnings.doubt_of(new.rule.certainty, own)
            cautious = Told(own or new.deadline.earliest, doubt)
            told_now = cautious if new.rule.protective else None
            placed = (its_id, version, each.running.case_id, key, stood.last if stood else None)
            dates.append(_Date(*placed, cautious, told_before, told_now))
    _hold(changed, uow=uow)
    versions = _update(changed, uow=uow)
    if added:
        uow.session.execute(_INSERT, {"rows": _json(added)})
    gone = [row.id for row in known.values() if row.overridden_date is None]
    if gone:
        uow.session.execute(_DELETE, {"ids": gone})
    now_told = [each for each in dates if each.told_now != each.told_before]
    retold = [each.id for each in now_told if each.told_before is not None and each.moved]
    alerts.cancel_all([*gone, *retold], uow=uow)
    alerts.cancel_ahead([each.id for each in now_told if not each.moved], uow=uow)
    planned = _approaching(now_told, versions, calendar, uow=uow)
    alerts.plan([*planned, *_near(batch, dates, versions, uow=uow)], uow=uow)


class _Words:
    """What a computed date is written as, made once for all procedures that share it."""

    def __init__(self) -> None:
        self._made: dict[int, dict[str, Any]] = {}

    def of(self, new: Computed) -> dict[str, Any]:
        if id(new) not in self._made:
            self._made[id(new)] = fields_of(new)
        return self._made[id(new)]


def _stood(row: HeldDate) -> Told:
    last = row.overridden_date or min(row.falls_on, row.earlier_reading or row.falls_on)
    return Told(last, warnings.doubt_of(row.certainty, row.overridden_date))


def _hold(changed: Sequence[dict[str, Any]], *, uow: UnitOfWork) -> None:
    rows = [{"id": each["id"], "version": each["version"]} for each in changed]
    if rows and len(uow.session.execute(_HELD, {"rows": _json(rows)}).all()) != len(rows):
        raise StaleDataError("a deadline was changed while it was computed anew")


def _update(changed: Sequence[dict[str, Any]], *, uow: UnitOfWork) -> dict[UUID, int]:
    """The new version of each row that was changed; the others stay as they are."""
    if not changed:
        return {}
    found = uow.session.execute(_UPDATE, {"rows": _json(changed)})
    return {row.id: row.version for row in found}


def _approaching(
    dates: Iterable[_Date], versions: Mapping[UUID, int], calendar: Calendar, *, uow: UnitOfWork
) -> list[NewAlert]:
    """Only what is still ahead: of the change itself people are told apart."""
    return [
        alert
        for each in dates
        if each.told_now is not None and each.told_now.last >= uow.today()
        for alert in warnings.approaching(
            each.told_now,
            uow.now(),
            calendar,
            case_id=each.case_id,
            deadline_id=each.id,
            version=versions.get(each.id, each.version),
        )
        if alert.due_at > uow.now()
    ]


def _near(
    batch: Iterable[Moved], dates: Iterable[_Date], versions: Mapping[UUID, int], *, uow: UnitOfWork
) -> list[NewAlert]:
    """A date that is now near, or over, has one alert of its own, in the commit that moved it: what
    it would have been told at before is past, or told by its rungs.
    """
    moved = {
        (each.act_id, each.rule_id)
        for found in batch
        for each in found.differences
        if each.kind in ("changed", "new")
    }
    return [
        NewAlert(
            kind=MOVED,
            case_id=each.case_id,
            object_id=each.id,
            object_version=versions.get(each.id, each.version),
            due_at=uow.now(),
            recipient_role=RecipientRole.REFERENCE_WORKER,
            facts=warnings.facts_of(each.cautious),
        )
        for each in dates
        if each.key in moved and _is_urgent(each, uow.today())
    ]


def _is_urgent(moved: _Date, today: date) -> bool:
    """Near; or over, if people went by a day that is still ahead, or a new date just passed. One
    that was over already is in the digest alone.
    """
    if moved.cautious.last >= today:
        return moved.cautious.last <= today + URGENT
    return moved.was >= today if moved.was else moved.cautious.last >= today - URGENT


def _audited(run: Recomputation, moved: Moved) -> Audited:
    names = {f"{each.act_id}/{each.rule_id}": each for each in moved.differences}
    after: dict[str, Any] = {name: each.after for name, each in names.items()}
    return Audited(
        subject_id=moved.running.id,
        case_id=moved.running.case_id,
        before={name: each.before for name, each in names.items()},
        after=after | {"recomputation": run.id},
    )


def _json(rows: Sequence[dict[str, Any]]) -> str:
    return json.dumps(rows, default=str)
