"""Tasks that follow from a record of another feature: brought once, moved and ended with it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from services.cases.model import Task, TaskState
from services.cases.tasks.commands import AddTask, add_tasks
from services.shared.actor import Actor
from services.shared.audit import Audited
from services.shared.categories import Category
from services.shared.clock import legal_day
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A task that should be there, by its template, and what its day depends on.

    It is due on `by` where that is known, else `within_days` after it was brought, and never after
    `last`, the day that it serves. `again_after`: brought anew if what was brought before that day
    is done.
    """

    template: str
    within_days: int | None = None
    by: date | None = None
    last: date | None = None
    again_after: date | None = None

    def due_on(self, brought_on: date) -> date | None:
        """The day of a task that was brought on this day, before which nothing is due."""
        if self.by is not None:
            day = max(self.by, brought_on)
        elif self.within_days is not None:
            day = brought_on + timedelta(days=self.within_days)
        else:
            return self.last
        return min(day, self.last) if self.last else day


@dataclass(frozen=True)
class Source:
    """The record that tasks follow from, by its id; in which case, and what the tasks are about."""

    id: UUID
    case_id: UUID
    category: Category


_KNOWN = text(
    """
    SELECT id, template, state, due_on, planned_on, created_at FROM tasks
    WHERE case_id = :case AND source_id = :source ORDER BY created_at, id
    """
)
# Whatever people did with a task meanwhile stays as they want it.
_CHANGE = text(
    """
    UPDATE tasks t SET state = v.state, due_on = v.due_on, planned_on = v.due_on,
      version = t.version + 1
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS v(id uuid, state text, due_on date)
    WHERE t.id = v.id AND t.state IN ('open', 'moot') AND t.due_on IS NOT DISTINCT FROM t.planned_on
    RETURNING t.id, t.state, t.due_on, t.version
    """
)


def keep(wanted: Sequence[Wanted], of: Source, *, actor: Actor, uow: UnitOfWork) -> None:
    """Bring what is wanted and not there yet, and no task whose day is over.

    An open task moves with its day unless people gave it another one; it becomes moot when it is
    wanted no more, and open again when it is. What is done stays done. The caller may write in the
    source, and holds it.
    """
    known: dict[str, list[Row[Any]]] = {}
    for row in uow.session.execute(_KNOWN, {"case": of.case_id, "source": of.id}):
        known.setdefault(row.template, []).append(row)
    _change(known, {each.template: each for each in wanted}, of, actor=actor, uow=uow)
    new = [each for each in wanted if _is_new(each, known.get(each.template, []), uow.today())]
    bring(new, of, actor=actor, uow=uow)


def bring(wanted: Sequence[Wanted], of: Source, *, actor: Actor, uow: UnitOfWork) -> None:
    """Bring the tasks of a source that has none yet; `keep` says of whom."""
    if wanted:
        added = [_task(each, of, uow.today()) for each in wanted]
        add_tasks(added, actor=actor, uow=uow)


def _is_new(each: Wanted, known: Sequence[Row[Any]], today: date) -> bool:
    if each.last is not None and each.last < today:
        return False
    if not known:
        return True
    last = known[-1]
    was_before = each.again_after is not None and legal_day(last.created_at) < each.again_after
    return last.state == TaskState.DONE and was_before


def _task(each: Wanted, of: Source, today: date) -> AddTask:
    day = each.due_on(today)
    return AddTask(
        case_id=of.case_id,
        category=of.category,
        template=each.template,
        due_on=day,
        source_id=of.id,
        planned_on=day,
    )


def _change(
    known: Mapping[str, Sequence[Row[Any]]],
    wanted: Mapping[str, Wanted],
    of: Source,
    *,
    actor: Actor,
    uow: UnitOfWork,
) -> None:
    """Move, end and open again, in one statement; each is written in the journal."""
    rows = [row for each in known.values() for row in each if row.state != TaskState.DONE]
    changes = {row.id: after for row in rows if (after := _after(row, wanted.get(row.template)))}
    if not changes:
        return
    values = json.dumps([{"id": key, **after} for key, after in changes.items()], default=str)
    before = {row.id: {"state": row.state, "due_on": row.due_on} for row in rows}
    entries = [
        Audited(
            subject_id=row.id,
            case_id=of.case_id,
            before=before[row.id],
            after={"state": row.state, "due_on": row.due_on, "version": row.version},
        )
        for row in uow.session.execute(_CHANGE, {"rows": values})
    ]
    uow.record_all("follow_task", Task.__tablename__, entries, actor=actor, with_next=True)


def _after(row: Row[Any], wanted: Wanted | None) -> dict[str, Any] | None:
    """What a task becomes; None where it stays as it is."""
    if wanted is None:
        state, day = TaskState.MOOT, row.due_on
    else:
        state, day = TaskState.OPEN, wanted.due_on(legal_day(row.created_at))
    same = (row.state, row.due_on) == (state, day) or row.due_on != row.planned_on
    return None if same else {"state": state.value, "due_on": day}
