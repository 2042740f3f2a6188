"""What a batch of a recomputation writes: dates, alerts, the list of what moved and the journal.

Each kind of row is written in one statement for all of the batch.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from services.evictions.counting.calendar import Calendar
from services.evictions.dates import warnings
from services.evictions.dates.write import Moved, Written
from services.evictions.dates.write import write as write_dates
from services.evictions.law.model import Recomputation, RunState
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.audit import Audited
from services.shared.unit_of_work import UnitOfWork

URGENT = timedelta(days=7)
MOVED = "evictions.deadline_moved"
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
    """List each date that moves, for who is responsible; once written it is in the journal too."""
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
    """Write the dates as wanted, with their alerts; one of `_near` stands for the rungs behind.

    StaleDataError if a date was changed meanwhile: the batch is taken again.
    """
    dates = write_dates(batch, uow=uow)
    near = _near(batch, dates, uow=uow)
    warnings.follow(dates, calendar, late=False, also=near, uow=uow)


def _near(batch: Iterable[Moved], dates: Iterable[Written], *, uow: UnitOfWork) -> list[NewAlert]:
    """One alert for each date that is now near, or over, in the commit that moved it.

    What it would have been told at before is past, or told by its rungs.
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
            object_version=each.version,
            due_at=uow.now(),
            recipient_role=RecipientRole.REFERENCE_WORKER,
            facts=warnings.facts_of(each.cautious),
        )
        for each in dates
        if each.key in moved
        and each.cautious is not None
        and _is_urgent(each.cautious.last, each.was, uow.today())
    ]


def _is_urgent(last: date, was: date | None, today: date) -> bool:
    """Whether a date is near; or over, if people went by a day that is still ahead, or a new date
    just passed. One that was over already is in the digest alone.
    """
    if last >= today:
        return last <= today + URGENT
    return was >= today if was else last >= today - URGENT


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
