"""Write a note in one category, and amend it by a new wording."""

from dataclasses import dataclass
from uuid import UUID

from services.cases.model import Note, NoteRevision
from services.consent import policy
from services.consent.hold import hold_if
from services.consent.queries import access_to
from services.households.queries import require_adult_of
from services.shared.actor import Actor
from services.shared.categories import Category, name_of
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class WriteNote:
    case_id: UUID
    category: Category
    body: str
    personal: bool = False
    confidential_to: UUID | None = None


def write_note(cmd: WriteNote, *, actor: Actor, uow: UnitOfWork) -> Note:
    """Write a note in one category, for all who may read that category of this case.

    A personal note is its author's alone, whoever leads the case now or later.
    """
    access = access_to(cmd.case_id, uow=uow)
    policy.require_team(access)
    policy.require_category(access, cmd.category)
    require_adult_of(cmd.confidential_to, cmd.case_id, uow=uow)
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
    uow.record("write_note", note, actor=actor, after=after)
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

    def may(note: Note, access: policy.Access) -> None:
        policy.require_team(access)
        note.require_author(actor.id)

    note = hold_if(Note, note_id, may, of={"case_id": case_id}, version=version, uow=uow)
    note.latest += 1
    uow.session.flush()
    add_revision(note, body, reason, uow=uow)
    uow.record(
        "amend_note",
        note,
        actor=actor,
        before={"number": version},
        after={"number": note.latest},
    )
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
