"""A liaison's list of hearings: ours is proposed, doubtful is asked, the rest forgotten.

Matched among the procedures that the reading statement lets the liaison see (may_see), so that a
row about a hidden case is a row about a stranger.
"""

from dataclasses import asdict
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, text

from services.evictions import hearings
from services.evictions.endings import CallOffReason
from services.evictions.hearing_list_file import Line, lines
from services.evictions.hearing_list_match import Found, Known, match, posted
from services.evictions.hearing_list_model import (
    UNMATCHED_KEPT,
    HearingList,
    HearingListRow,
    RowState,
)
from services.evictions.model import PostingKind
from services.network.courts import cantons
from services.shared.actor import Actor, RoleKind
from services.shared.errors import NotFound, Refused, RuleBroken
from services.shared.loading import load, lock
from services.shared.unit_of_work import UnitOfWork

_KNOWN = text(
    """
    SELECT d.id, d.canton, d.roll_number, h.starts_at, h.room,
      ARRAY(SELECT json_build_array(p.kind, p.starts_at, p.day) FROM postings p
            WHERE p.procedure_id = d.id AND p.state = 'posted') AS waiting
    FROM procedures d
    JOIN may_see s ON s.case_id = d.case_id AND s.as_liaison AND s.mask & 4 <> 0
    LEFT JOIN hearings h ON h.procedure_id = d.id AND h.state = 'set'
    WHERE d.roll_number IS NOT NULL
    ORDER BY d.id
    """
)


def upload_list(content: bytes, *, actor: Actor, uow: UnitOfWork) -> HearingList:
    """Each row that is surely ours becomes a posting, which the reference worker confirms."""
    if not actor.has(RoleKind.LIAISON):
        raise Refused("not-the-liaison")
    given = lines(content)
    found = match(given, _known(uow=uow), cantons=cantons(uow=uow), now=uow.now())
    uploaded = HearingList(
        id=uuid4(), professional_id=actor.id, uploaded_at=uow.now(), rows=len(found)
    )
    uow.session.add(uploaded)
    uow.session.flush()
    if found:
        uow.session.execute(insert(HearingListRow), [_row(each, uploaded) for each in found])
    for each in found:
        if each.state is RowState.PROPOSED and each.procedure_id is not None:
            _post(each.procedure_id, each.line, actor=actor, uow=uow)
    uow.audit(
        "upload_hearing_list", uploaded, actor=actor, case_id=None, after={"rows": uploaded.rows}
    )
    return uploaded


def accept_row(
    list_id: UUID, row_id: UUID, starts_at: datetime | None, *, actor: Actor, uow: UnitOfWork
) -> HearingListRow:
    """The liaison says that it is that procedure; `starts_at` where the list has no hour, or no
    right one."""
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
    heard = Line(
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
    """It is about somebody else; it goes with the other strangers."""
    row = _doubtful(list_id, row_id, uow=uow)
    row.reject()
    uow.session.flush()
    _note("reject_hearing_list_row", row, actor=actor, uow=uow)
    return row


def forget_unmatched_rows(*, uow: UnitOfWork) -> None:
    """For the timetable. Of what goes, the list's own count is all that stays."""
    uow.session.execute(
        delete(HearingListRow)
        .where(HearingListRow.state == RowState.UNMATCHED)
        .where(HearingListRow.uploaded_at <= uow.now() - UNMATCHED_KEPT),
        execution_options={"synchronize_session": False},
    )


def _known(*, uow: UnitOfWork) -> list[Known]:
    return [
        Known(
            id=row.id,
            canton=row.canton,
            roll_number=row.roll_number,
            starts_at=row.starts_at,
            room=row.room,
            posted=tuple(_waiting(*each) for each in row.waiting),
        )
        for row in uow.session.execute(_KNOWN)
    ]


def _waiting(kind: str, at: str | None, day: str | None) -> str:
    when = datetime.fromisoformat(at).astimezone(UTC) if at else date.fromisoformat(day or "")
    return posted(PostingKind(kind), when)


def _row(found: Found, uploaded: HearingList) -> dict[str, object]:
    said = asdict(found.line)
    del said["number"], said["problem"]
    broken = found.state is RowState.BROKEN
    return {name: None if broken else value for name, value in said.items()} | {
        "id": uuid4(),
        "list_id": uploaded.id,
        "professional_id": uploaded.professional_id,
        "uploaded_at": uploaded.uploaded_at,
        "line": found.line.number,
        "state": found.state.value,
        "problem": found.problem,
        "procedure_id": found.procedure_id,
    }


def _post(procedure_id: UUID, line: Line, *, actor: Actor, uow: UnitOfWork) -> None:
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
    uow.audit(action, row, actor=actor, case_id=None, before=before, after=after)
