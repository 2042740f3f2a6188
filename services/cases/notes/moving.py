"""Who may read a note is decided by its category, and changed by its author alone."""

from uuid import UUID

from services.cases.model import Note, NoteRevision
from services.cases.notes.commands import add_revision
from services.consent import policy
from services.consent.hold import hold_if
from services.shared.actor import Actor
from services.shared.categories import Category, name_of
from services.shared.unit_of_work import UnitOfWork


def move_note(
    case_id: UUID,
    note_id: UUID,
    category: Category,
    reason: str,
    *,
    version: int,
    actor: Actor,
    uow: UnitOfWork,
) -> Note:
    """The author alone moves a note to another category, which changes who may read it (F24).

    The same wording becomes a new revision. Earlier ones keep their category and are then for those
    who may read both, so that neither widening nor narrowing shows what was not meant for them.
    """

    def may(note: Note, access: policy.Access) -> None:
        policy.require_team(access)
        note.require_author(actor.id)
        policy.require_category(access, category)

    note = hold_if(Note, note_id, may, of={"case_id": case_id}, version=version, uow=uow)
    body = uow.session.get_one(NoteRevision, (note.id, note.latest)).body
    before = note.move(category)
    uow.session.flush()
    add_revision(note, body, reason, uow=uow)
    uow.record(
        "move_note",
        note,
        actor=actor,
        before={"category": name_of(before)},
        after={"category": name_of(note.category), "number": note.latest},
    )
    return note
