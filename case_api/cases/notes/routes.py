"""Operations on the notes and tasks of a case."""

from datetime import datetime
from typing import Any
from uuid import UUID

from case_api.api import Blueprint, Page, Reply
from case_api.cases.notes.schemas import AmendNoteIn, MoveNoteIn, NoteOut, RevisionOut, WriteNoteIn
from case_api.cases.tasks.schemas import AddTaskIn, TaskOut
from services.cases import queries
from services.cases.notes import commands as notes
from services.cases.notes import moving
from services.cases.tasks import commands as tasks
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint("notes", __name__, description="Notes and tasks of a case", url_prefix="/api/v1")


@api.command(
    "POST",
    "/cases/<uuid:case_id>/notes",
    takes=WriteNoteIn,
    gives=NoteOut,
    status=201,
    summary="Write a note in one category",
)
def write_note(data: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    cmd = notes.WriteNote(case_id=case_id, **data)
    note = notes.write_note(cmd, actor=actor, uow=uow)
    return _note(case_id, note.id, actor=actor, uow=uow)


@api.query(
    "/cases/<uuid:case_id>/notes",
    gives=NoteOut,
    paged=True,
    cursor=(datetime, UUID),
    summary="Notes I may see, newest first",
)
def list_notes(args: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    limit = args["limit"]
    found = queries.notes(case_id, after=args["cursor"], limit=limit + 1, actor=actor, uow=uow)
    return Page.cut(found, limit, lambda last: (last.written_at, last.id))


@api.query("/cases/<uuid:case_id>/notes/<uuid:note_id>", gives=NoteOut, summary="A note")
def get_note(case_id: UUID, note_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return _note(case_id, note_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/cases/<uuid:case_id>/notes/<uuid:note_id>/revisions",
    takes=AmendNoteIn,
    gives=NoteOut,
    status=201,
    expects_version=True,
    summary="Amend my note; earlier wordings stay",
)
def amend_note(
    data: Any, case_id: UUID, note_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    notes.amend_note(case_id, note_id, **data, version=version, actor=actor, uow=uow)
    return _note(case_id, note_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/cases/<uuid:case_id>/notes/<uuid:note_id>/category",
    takes=MoveNoteIn,
    gives=NoteOut,
    status=201,
    expects_version=True,
    summary="Put my note in another category: who may read it changes",
)
def move_note(
    data: Any, case_id: UUID, note_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    moving.move_note(case_id, note_id, **data, version=version, actor=actor, uow=uow)
    return _note(case_id, note_id, actor=actor, uow=uow)


@api.query(
    "/cases/<uuid:case_id>/notes/<uuid:note_id>/revisions",
    gives=[RevisionOut],
    summary="Every wording of a note",
)
def list_revisions(case_id: UUID, note_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return queries.revisions(case_id, note_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/cases/<uuid:case_id>/tasks",
    takes=AddTaskIn,
    gives=TaskOut,
    status=201,
    summary="Add a task; without an assignee it is the reference worker's",
)
def add_task(data: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    task = tasks.add_task(tasks.AddTask(case_id=case_id, **data), actor=actor, uow=uow)
    return _task(case_id, task.id, actor=actor, uow=uow)


@api.query("/cases/<uuid:case_id>/tasks", gives=[TaskOut], summary="Tasks I may see, open first")
def list_tasks(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return queries.tasks(case_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/cases/<uuid:case_id>/tasks/<uuid:task_id>/completion",
    gives=TaskOut,
    status=200,
    expects_version=True,
    summary="A task is done",
)
def finish_task(
    case_id: UUID, task_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    tasks.finish_task(case_id, task_id, version=version, actor=actor, uow=uow)
    return _task(case_id, task_id, actor=actor, uow=uow)


def _note(case_id: UUID, note_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Reply:
    view = queries.notes(case_id, note_id=note_id, actor=actor, uow=uow)[0]
    return Reply(view, version=view.version, location=f"/api/v1/cases/{case_id}/notes/{note_id}")


def _task(case_id: UUID, task_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Reply:
    view = queries.tasks(case_id, task_id=task_id, actor=actor, uow=uow)[0]
    return Reply(view, version=view.version)
