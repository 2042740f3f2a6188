"""A liaison's list of hearings: known procedures get a posting, doubtful rows wait, others go.

The workers match the rows in the liaison's name (`matching_run`).
"""

import json
from dataclasses import asdict
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, text

from services.evictions.hearing_lists.file import ListLine, lines
from services.evictions.hearing_lists.match import under_codes
from services.evictions.hearing_lists.model import (
    UNMATCHED_KEPT,
    HearingList,
    HearingListRow,
    RowState,
)
from services.evictions.hearings import commands as hearings
from services.evictions.hearings.endings import CallOffReason
from services.evictions.hearings.model import PostingKind
from services.network.courts.queries import courts
from services.shared.actor import Actor, RoleKind
from services.shared.errors import NotFound, Refused, RuleBroken
from services.shared.loading import load, lock
from services.shared.unit_of_work import UnitOfWork

_ROWS = text(
    """
    INSERT INTO hearing_list_rows (id, list_id, professional_id, uploaded_at, line, state, problem,
      kind, canton, roll_number, day, starts_at, room, because)
    SELECT gen_random_uuid(), :list, :me, :at, line, state, problem, kind, canton, roll_number, day,
      starts_at, room, because
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS v(line int, state text, problem text,
      kind text, canton text, roll_number text, day date, starts_at timestamptz, room text,
      because text)
    """
)


def upload_list(content: bytes, *, actor: Actor, uow: UnitOfWork) -> HearingList:
    """Keep the rows of a list until the workers match them in this liaison's name."""
    if not actor.has(RoleKind.LIAISON):
        raise Refused("not-the-liaison")
    given = under_codes(lines(content), courts(uow=uow).cantons())
    uploaded = HearingList(
        id=uuid4(), professional_id=actor.id, uploaded_at=uow.now(), rows=len(given)
    )
    uow.session.add(uploaded)
    uow.session.flush()
    values = {"list": uploaded.id, "me": actor.id, "at": uow.now()}
    told = json.dumps([_row(each) for each in given], default=str)
    uow.session.execute(_ROWS, values | {"rows": told})
    uow.wake()
    uow.record(
        "upload_hearing_list", uploaded, actor=actor, case_id=None, after={"rows": uploaded.rows}
    )
    return uploaded


def accept_row(
    list_id: UUID, row_id: UUID, starts_at: datetime | None, *, actor: Actor, uow: UnitOfWork
) -> HearingListRow:
    """Post a doubtful row, because the liaison says that it is about that procedure.

    `starts_at` gives the hour where the list has none, or no right one.
    """
    row = _doubtful(list_id, row_id, uow=uow)
    procedure_id = row.procedure_id
    row.accept()
    row.kind = row.kind or PostingKind.HEARING_MOVED
    if row.kind == PostingKind.HEARING_MOVED:
        row.starts_at = starts_at or row.starts_at
        if row.starts_at is None:
            raise RuleBroken("posting-needs-an-instant")
    if procedure_id is None:
        raise NotFound
    uow.session.flush()
    heard = ListLine(
        number=row.line,
        kind=PostingKind(row.kind),
        day=row.day,
        starts_at=row.starts_at,
        room=row.room,
        because=CallOffReason(row.because) if row.because else None,
    )
    _post(procedure_id, heard, actor=actor, uow=uow)
    _note("accept_hearing_list_row", row, actor=actor, uow=uow)
    return row


def reject_row(list_id: UUID, row_id: UUID, *, actor: Actor, uow: UnitOfWork) -> HearingListRow:
    """Say that a doubtful row is about somebody else; it goes with the other strangers."""
    row = _doubtful(list_id, row_id, uow=uow)
    row.reject()
    uow.session.flush()
    _note("reject_hearing_list_row", row, actor=actor, uow=uow)
    return row


def forget_unmatched_rows(*, uow: UnitOfWork) -> None:
    """Delete rows about strangers once they are two days old. For the timetable.

    Rows that the workers, if they were away so long, have not looked at go as well; only the
    list's own count stays.
    """
    uow.session.execute(
        delete(HearingListRow)
        .where(HearingListRow.state.in_((RowState.WAITING, RowState.UNMATCHED)))
        .where(HearingListRow.uploaded_at <= uow.now() - UNMATCHED_KEPT),
        execution_options={"synchronize_session": False},
    )


def _row(line: ListLine) -> dict[str, object]:
    """A row to store.

    Of one that could not be read only its line and an error code, nothing it says.
    """
    if line.problem is not None:
        return {"line": line.number, "state": RowState.BROKEN, "problem": line.problem}
    said = asdict(line)
    del said["number"]
    return said | {"line": line.number, "state": RowState.WAITING}


def _post(procedure_id: UUID, line: ListLine, *, actor: Actor, uow: UnitOfWork) -> None:
    assert line.kind is not None
    is_hearing = line.kind is PostingKind.HEARING_MOVED
    heard = hearings.PostDate(
        procedure_id=procedure_id,
        kind=line.kind,
        starts_at=line.starts_at if is_hearing else None,
        day=line.day if line.kind is PostingKind.JUDGMENT_SET else None,
        room=line.room if is_hearing else None,
        because=line.because,
    )
    hearings.post_date(heard, actor=actor, uow=uow)


def _doubtful(list_id: UUID, row_id: UUID, *, uow: UnitOfWork) -> HearingListRow:
    row = load(HearingListRow, row_id, uow=uow)
    if row.list_id != list_id:
        raise NotFound
    lock(row, uow=uow)
    return row


def _note(action: str, row: HearingListRow, *, actor: Actor, uow: UnitOfWork) -> None:
    before, after = {"state": RowState.DOUBTFUL}, {"state": row.state}
    uow.record(action, row, actor=actor, case_id=None, before=before, after=after)
