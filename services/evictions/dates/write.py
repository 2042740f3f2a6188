"""The one writer of deadlines: the dates of one procedure or of a thousand, in a few statements.

It writes rows and no alerts: the caller hands what it returns to `warnings.follow`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.orm.exc import StaleDataError

from services.evictions.dates.computing import (
    Computed,
    Difference,
    Key,
    compare,
    endings,
    fields_of,
)
from services.evictions.dates.facts import DateRow, Running
from services.evictions.dates.warnings import Notice, Redated, doubt_of, notice_of
from services.evictions.law.life import Ending
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Moved:
    """A procedure, its dates as they should be, and where they differ from those that stand."""

    running: Running
    wanted: Mapping[Key, Computed]
    rows: Sequence[DateRow]
    differences: Sequence[Difference]
    ends: Mapping[Key, Ending[UUID]]

    @classmethod
    def of(cls, running: Running, wanted: Mapping[Key, Computed]) -> "Moved":
        """The procedure with all its acts, against what the rules want of it."""
        rows = running.rows
        ends = endings(wanted, rows, running.acts)
        return cls(running, wanted, rows, compare(wanted, rows), ends)


@dataclass(frozen=True)
class Written(Redated):
    """A date as it now stands, or (`cautious` is None) one that is gone.

    `was`: the day by which people went; None for a date that is new. `cautious`: the day to go by
    now, whether or not anybody is told of it.
    """

    key: Key
    was: date | None
    cautious: Notice | None


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
      article = v.article, source = v.source, certainty = v.certainty, season = v.season,
      ended_as = v.ended_as, ended_by = v.ended_by
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS v(id uuid, rule_set text, rule_version int,
      computes text, protective boolean, falls_on date, earlier_reading date, steps jsonb,
      article text, source text, certainty text, season text, ended_as text, ended_by uuid)
    WHERE d.id = v.id AND
      (d.rule_set, d.rule_version, d.computes, d.protective, d.falls_on, d.earlier_reading, d.steps,
       d.article, d.source, d.certainty, d.season, d.ended_as, d.ended_by) IS DISTINCT FROM
      (v.rule_set, v.rule_version, v.computes, v.protective, v.falls_on, v.earlier_reading, v.steps,
       v.article, v.source, v.certainty, v.season, v.ended_as, v.ended_by)
    RETURNING d.id, d.version
    """
)
_INSERT = text(
    """
    INSERT INTO deadlines (id, version, case_id, procedure_id, act_id, rule_id, rule_set,
      rule_version, computes, protective, falls_on, earlier_reading, steps, article, source,
      certainty, season, ended_as, ended_by)
    SELECT id, 1, case_id, procedure_id, act_id, rule_id, rule_set, rule_version, computes,
      protective, falls_on, earlier_reading, steps, article, source, certainty, season, ended_as,
      ended_by
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS v(id uuid, case_id uuid, procedure_id uuid,
      act_id uuid, rule_id text, rule_set text, rule_version int, computes text,
      protective boolean, falls_on date, earlier_reading date, steps jsonb, article text,
      source text, certainty text, season text, ended_as text, ended_by uuid)
    """
)
_DELETE = text("DELETE FROM deadlines WHERE id = ANY(:ids) AND overridden_date IS NULL")


def write(batch: Sequence[Moved], *, uow: UnitOfWork) -> list[Written]:
    """Write the dates as wanted; one that a person overrode stays, even without its rule.

    StaleDataError if a date was changed since it was read: the batch is to be taken again.
    """
    known = {(row.act_id, row.rule_id): (each, row) for each in batch for row in each.rows}
    columns = _Columns()
    changed, added, written = [], [], []
    for each in batch:
        for key, new in each.wanted.items():
            _, row = known.pop(key, (None, None))
            end = each.ends.get(key)
            date_ = _written(each.running, key, new, row, end)
            written.append(date_)
            values = columns.of(new) | {"id": date_.id, "version": date_.version}
            values |= {"ended_as": end and end.state, "ended_by": end and end.act}
            if row is None:
                named = {"case_id": each.running.case_id, "procedure_id": each.running.id}
                added.append(values | named | {"act_id": key[0]})
            else:
                changed.append(values)
    gone = [_gone(each.running, row) for each, row in known.values() if not row.overridden_date]
    _hold([*changed, *map(vars, gone)], uow=uow)
    versions = _update(changed, uow=uow)
    if added:
        uow.session.execute(_INSERT, {"rows": _json(added)})
    if gone:
        uow.session.execute(_DELETE, {"ids": [each.id for each in gone]})
    stand = [replace(each, version=versions.get(each.id, each.version)) for each in written]
    return [*stand, *gone]


def _written(
    running: Running, key: Key, new: Computed, row: DateRow | None, end: Ending[UUID] | None
) -> Written:
    """A date as it now stands; of one that ended nobody is told any more."""
    own = row.overridden_date if row else None
    stood = notice_of(row) if row else None
    cautious = Notice(own or new.deadline.earliest, doubt_of(new.rule.certainty, own))
    return Written(
        id=row.id if row else uuid4(),
        version=row.version if row else 1,
        case_id=running.case_id,
        computes=new.rule.computes,
        before=stood if row and row.protective and row.ended_as is None else None,
        now=cautious if new.rule.protective and end is None else None,
        key=key,
        was=stood.last if stood else None,
        cautious=cautious,
    )


def _gone(running: Running, row: DateRow) -> Written:
    """A date whose rule fell away: whatever was planned about it is to be cancelled."""
    stood, key = notice_of(row), (row.act_id, row.rule_id)
    told = stood if row.ended_as is None else None
    named = (row.id, row.version, running.case_id, row.computes)
    return Written(*named, told, None, key, stood.last, None)


class _Columns:
    """The columns of a computed date, made once for all procedures that share it."""

    def __init__(self) -> None:
        self._made: dict[int, dict[str, Any]] = {}

    def of(self, new: Computed) -> dict[str, Any]:
        if id(new) not in self._made:
            self._made[id(new)] = fields_of(new)
        return self._made[id(new)]


def _hold(known: Sequence[dict[str, Any]], *, uow: UnitOfWork) -> None:
    """Lock the rows to change or delete; StaleDataError unless each is as it was read."""
    rows = [{"id": each["id"], "version": each["version"]} for each in known]
    if rows and len(uow.session.execute(_HELD, {"rows": _json(rows)}).all()) != len(rows):
        raise StaleDataError("a deadline was changed while it was computed anew")


def _update(changed: Sequence[dict[str, Any]], *, uow: UnitOfWork) -> dict[UUID, int]:
    """The new version of each row that was changed; the others stay as they are."""
    if not changed:
        return {}
    found = uow.session.execute(_UPDATE, {"rows": _json(changed)})
    return {row.id: row.version for row in found}


def _json(rows: Sequence[dict[str, Any]]) -> str:
    return json.dumps(rows, default=str)
