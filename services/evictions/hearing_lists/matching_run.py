"""The workers' part in a hearing list: a batch of rows that wait, matched in its liaison's name.

Each row is compared with what that liaison sees at this instant, by their grants and in their
cantons, not with what a worker could see: a hidden procedure's row takes the very way of a
stranger's. Each batch is one transaction: whoever is interrupted goes on with the rows that wait,
and posts nothing twice.
"""

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.evictions.hearing_lists.file import ListLine
from services.evictions.hearing_lists.match import Found, Known, Named, match, posted
from services.evictions.hearing_lists.model import UNMATCHED_KEPT, RowState
from services.evictions.hearings.commands import note_posting
from services.evictions.hearings.endings import CallOffReason
from services.evictions.hearings.model import Posting, PostingKind, PostingState
from services.shared.actor import Represented
from services.shared.unit_of_work import UnitOfWork

BATCH = 1000
_WAITING = text(
    """
    SELECT r.id, r.list_id, r.professional_id, r.line, r.kind, r.canton, r.roll_number, r.day,
      r.starts_at, r.room, r.because
    FROM hearing_list_rows r
    WHERE r.state = 'waiting' AND r.uploaded_at > :kept_since AND r.list_id = (
      SELECT w.list_id FROM hearing_list_rows w
      WHERE w.state = 'waiting' AND w.uploaded_at > :kept_since
      ORDER BY w.uploaded_at, w.list_id, w.line LIMIT 1)
    ORDER BY r.line LIMIT :batch FOR UPDATE SKIP LOCKED
    """
)
_NAMED = text(
    "SELECT line, canton, roll_number FROM hearing_list_rows"
    " WHERE list_id = :list AND roll_number IS NOT NULL"
)
_KNOWN = text("SELECT * FROM procedures_of_liaison(:liaison) ORDER BY id")
_DECIDE = text(
    """
    UPDATE hearing_list_rows r SET state = v.state, problem = v.problem,
      procedure_id = v.procedure_id
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS v(id uuid, state text, problem text,
      procedure_id uuid)
    WHERE r.id = v.id
    """
)


def advance_matching(*, uow: UnitOfWork) -> int:
    """Match one batch of the oldest list whose rows wait; returns how many. For the timetable."""
    values = {"kept_since": uow.now() - UNMATCHED_KEPT, "batch": BATCH}
    waiting = uow.session.execute(_WAITING, values).all()
    if not waiting:
        return 0
    list_id, liaison = waiting[0].list_id, waiting[0].professional_id
    named = [Named(*row) for row in uow.session.execute(_NAMED, {"list": list_id})]
    known = _known(liaison, uow=uow)
    ids = {row.line: row.id for row in waiting}
    lines = [_line(row) for row in waiting]
    found = match(lines, list(known.values()), named=named, now=uow.now())
    for each in found:
        if each.state is RowState.PROPOSED and each.procedure_id is not None:
            _post(known[each.procedure_id], each.line, Represented(id=liaison), uow=uow)
    # Before the rows are decided: the policies let post only for somebody whose rows wait.
    uow.session.flush()
    decided = [_decision(ids[each.line.number], each) for each in found]
    uow.session.execute(_DECIDE, {"rows": json.dumps(decided, default=str)})
    return len(found)


def _known(liaison: UUID, *, uow: UnitOfWork) -> dict[UUID, Known]:
    return {
        row.id: Known(
            id=row.id,
            case_id=row.case_id,
            canton=row.canton,
            roll_number=row.roll_number,
            starts_at=row.starts_at,
            room=row.room,
            posted=tuple(_said(*each) for each in row.waiting),
        )
        for row in uow.session.execute(_KNOWN, {"liaison": liaison})
    }


def _said(kind: str, at: str | None, day: str | None) -> str:
    when = datetime.fromisoformat(at).astimezone(UTC) if at else date.fromisoformat(day or "")
    return posted(PostingKind(kind), when)


def _line(row: Any) -> ListLine:
    return ListLine(
        number=row.line,
        kind=PostingKind(row.kind) if row.kind else None,
        canton=row.canton,
        roll_number=row.roll_number,
        day=row.day,
        starts_at=row.starts_at,
        room=row.room,
        because=CallOffReason(row.because) if row.because else None,
    )


def _decision(row_id: UUID, found: Found) -> dict[str, object]:
    return {
        "id": row_id,
        "state": found.state,
        "problem": found.problem,
        "procedure_id": found.procedure_id,
    }


def _post(known: Known, line: ListLine, liaison: Represented, *, uow: UnitOfWork) -> None:
    """Post a line as the liaison's own posting; one called off means the hearing that is set."""
    assert line.kind is not None
    is_hearing = line.kind is PostingKind.HEARING_MOVED
    posting = Posting(
        procedure_id=known.id,
        case_id=known.case_id,
        kind=line.kind,
        starts_at=line.starts_at if is_hearing else None,
        day=line.day if line.kind is PostingKind.JUDGMENT_SET else None,
        room=line.room if is_hearing else None,
        because=line.because,
        posted_by=liaison.id,
        posted_at=uow.now(),
        state=PostingState.POSTED,
    )
    if line.because is not None:
        posting.starts_at = known.starts_at
    uow.session.add(posting)
    uow.session.flush()
    note_posting(posting, actor=liaison, uow=uow)
