"""Open a case and keep its household, notes and tasks."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError

from services.cases.codes import new_code
from services.cases.events import (
    CaseOpened,
    MemberJoined,
    NoteAmended,
    NoteWritten,
    TaskAssigned,
    TaskDone,
    TenancyRecorded,
)
from services.cases.model import (
    Case,
    CaseState,
    Note,
    NoteRevision,
    ReferenceAssignment,
    Task,
    TaskState,
)
from services.cases.reminders import remind
from services.consent import policy
from services.consent.exclusions import require_not_excluded
from services.consent.queries import access_to
from services.households import commands as households
from services.households.model import Household, Member, Tenancy
from services.network.policy import require_role
from services.network.queries import require_active
from services.shared import alerts
from services.shared.actor import Actor, RoleKind
from services.shared.categories import Category, name_of
from services.shared.errors import Conflict, RuleBroken
from services.shared.loading import load_of, lock, require_version
from services.shared.unit_of_work import UnitOfWork

_CODE_TRIES = 20
_TEAM_MAY_READ = text("SELECT team_may_read(:case, :who, :category)")


@dataclass(frozen=True, kw_only=True)
class OpenCase:
    language: str
    commune: str | None = None
    members: tuple[households.NewMember, ...] = ()


def open_case(cmd: OpenCase, *, actor: Actor, uow: UnitOfWork) -> Case:
    """The actor is the reference worker from this instant."""
    require_role(actor, RoleKind.WORKER)
    case = insert_with_free_code(uow.now(), actor=actor, uow=uow)
    uow.session.add(
        ReferenceAssignment(
            case_id=case.id, professional_id=actor.id, period=Range(case.opened_at, None)
        )
    )
    uow.session.flush()
    require_active(actor.id, uow=uow)
    uow.session.add(Household(case_id=case.id, language=cmd.language, commune=cmd.commune))
    uow.session.flush()
    for member in cmd.members:
        households.add_member(case.id, member, actor=actor, uow=uow)
    after = {"state": case.state, "reference_worker": actor.id}
    uow.audit("open_case", case, actor=actor, case_id=case.id, after=after)
    uow.record(CaseOpened(case_id=case.id, reference_worker_id=actor.id), actor=actor)
    return case


def insert_with_free_code(opened_at: datetime, *, actor: Actor, uow: UnitOfWork) -> Case:
    for _ in range(_CODE_TRIES):
        case = Case(code=new_code(), state=CaseState.OPEN, opened_at=opened_at, opened_by=actor.id)
        try:
            with uow.session.begin_nested():
                uow.session.add(case)
        except IntegrityError:
            continue
        return case
    raise Conflict("no-free-code")


def add_member(
    case_id: UUID, new: households.NewMember, *, actor: Actor, uow: UnitOfWork
) -> Member:
    policy.require_reference_worker(access_to(case_id, uow=uow))
    member = households.add_member(case_id, new, actor=actor, uow=uow)
    uow.record(MemberJoined(case_id=case_id, member_id=member.id), actor=actor)
    return member


def record_tenancy(
    case_id: UUID,
    cmd: households.RecordTenancy,
    *,
    version: int | None,
    actor: Actor,
    uow: UnitOfWork,
) -> Tenancy:
    policy.require_reference_worker(access_to(case_id, uow=uow))
    tenancy = households.record_tenancy(case_id, cmd, version=version, actor=actor, uow=uow)
    uow.record(TenancyRecorded(case_id=case_id, tenancy_id=tenancy.id), actor=actor)
    return tenancy


@dataclass(frozen=True, kw_only=True)
class WriteNote:
    case_id: UUID
    category: Category
    body: str
    personal: bool = False
    confidential_to: UUID | None = None


def write_note(cmd: WriteNote, *, actor: Actor, uow: UnitOfWork) -> Note:
    """In one category; whoever may read that category of this case reads it.

    A personal note is its author's alone, whoever leads the case now or later.
    """
    access = access_to(cmd.case_id, uow=uow)
    policy.require_team(access)
    policy.require_category(access, cmd.category)
    households.require_adult_of(cmd.confidential_to, cmd.case_id, uow=uow)
    note = Note(
        case_id=cmd.case_id,
        category=int(cmd.category),
        author_id=actor.id,
        organisation_id=actor.organisation_id,
        written_at=uow.now(),
        latest=1,
        personal=cmd.personal,
        confidential_to=cmd.confidential_to,
    )
    uow.session.add(note)
    uow.session.flush()
    add_revision(note, cmd.body, None, uow=uow)
    after = {"number": 1, "category": name_of(note.category)}
    uow.audit("write_note", note, actor=actor, case_id=note.case_id, after=after)
    uow.record(NoteWritten(case_id=note.case_id, note_id=note.id), actor=actor)
    return note


def amend_note(
    case_id: UUID,
    note_id: UUID,
    body: str,
    reason: str,
    *,
    version: int,
    actor: Actor,
    uow: UnitOfWork,
) -> Note:
    """A new revision by the author; what stood there before stays readable. ETag: the number."""
    policy.require_team(access_to(case_id, uow=uow))
    note = own_note(case_id, note_id, version, actor=actor, uow=uow)
    note.latest += 1
    uow.session.flush()
    add_revision(note, body, reason, uow=uow)
    uow.audit(
        "amend_note",
        note,
        actor=actor,
        case_id=note.case_id,
        before={"number": version},
        after={"number": note.latest},
    )
    uow.record(NoteAmended(case_id=note.case_id, note_id=note.id, number=note.latest), actor=actor)
    return note


def own_note(case_id: UUID, note_id: UUID, version: int, *, actor: Actor, uow: UnitOfWork) -> Note:
    """The note, locked: only once it is the author's, whose alone the right to change it is."""
    note = load_of(Note, note_id, case_id, uow=uow)
    note.require_author(actor.id)
    lock(note, uow=uow)
    require_version(note, version)
    return note


def add_revision(note: Note, body: str, reason: str | None, *, uow: UnitOfWork) -> None:
    uow.session.add(
        NoteRevision(
            note_id=note.id,
            number=note.latest,
            case_id=note.case_id,
            category=note.category,
            author_id=note.author_id,
            body=body,
            reason=reason,
            written_at=uow.now(),
            personal=note.personal,
        )
    )
    uow.session.flush()


@dataclass(frozen=True, kw_only=True)
class AddTask:
    """A `title` in a person's own words, or a `template` and the values its text names."""

    case_id: UUID
    category: Category
    title: str | None = None
    template: str | None = None
    title_values: dict[str, str] | None = None
    assignee_id: UUID | None = None
    due_on: date | None = None
    remind_at: datetime | None = None
    confidential_to: UUID | None = None


def add_task(cmd: AddTask, *, actor: Actor, uow: UnitOfWork) -> Task:
    """Without an assignee the task is the reference worker's, and follows a handover."""
    access = access_to(cmd.case_id, uow=uow)
    policy.require_team(access)
    policy.require_category(access, cmd.category)
    if cmd.assignee_id is not None:
        require_not_excluded(cmd.assignee_id, cmd.case_id, uow=uow)
        require_reader(cmd.assignee_id, cmd.case_id, cmd.category, uow=uow)
    households.require_adult_of(cmd.confidential_to, cmd.case_id, uow=uow)
    task = Task(**vars(cmd) | {"category": int(cmd.category)})
    task.state, task.created_by, task.created_at = TaskState.OPEN, actor.id, uow.now()
    uow.session.add(task)
    uow.session.flush()
    remind(task, uow=uow)
    _audit_new(task, actor=actor, uow=uow)
    uow.record(
        TaskAssigned(case_id=task.case_id, task_id=task.id, assignee_id=task.assignee_id),
        actor=actor,
    )
    return task


def _audit_new(task: Task, *, actor: Actor, uow: UnitOfWork) -> None:
    after = {
        "state": task.state,
        "category": name_of(task.category),
        "assignee": task.assignee_id,
        "due_on": task.due_on,
        "version": task.version,
    }
    uow.audit("add_task", task, actor=actor, case_id=task.case_id, after=after)


def require_reader(who: UUID, case_id: UUID, category: Category, *, uow: UnitOfWork) -> None:
    """A task is handed only to somebody to whom the household opened what it is about."""
    values = {"case": case_id, "who": who, "category": int(category)}
    if not uow.session.scalar(_TEAM_MAY_READ, values):
        raise RuleBroken("assignee-not-in-the-team")


def finish_task(
    case_id: UUID, task_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Task:
    """By whoever it is assigned to, or the reference worker; its reminders are cancelled."""
    access = access_to(case_id, uow=uow)
    policy.require_team(access)
    task = load_of(Task, task_id, case_id, uow=uow, lock=True)
    if task.assignee_id != actor.id:
        policy.require_reference_worker(access)
    require_version(task, version)
    task.finish(uow.now())
    uow.session.flush()
    alerts.cancel(task.id, uow=uow)
    uow.audit(
        "finish_task",
        task,
        actor=actor,
        case_id=case_id,
        before={"state": TaskState.OPEN, "version": version},
        after={"state": task.state, "version": task.version},
    )
    uow.record(TaskDone(case_id=case_id, task_id=task.id), actor=actor)
    return task
