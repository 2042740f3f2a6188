"""What is for one adult of the household alone, set by its author or the reference worker."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import text

from services.cases.model import Note, Participation, Task
from services.cases.plans.model import PlanGoal
from services.consent import policy
from services.consent.break_glass.model import BreakGlassOpening
from services.consent.model import Consent
from services.consent.queries import access_to
from services.documents.model import Document
from services.shared.actor import Actor
from services.shared.errors import NotFound
from services.shared.tables import Base
from services.shared.unit_of_work import UnitOfWork

_SET = text("SELECT set_compartment(:kind, :case, :object, :owner)")


class Item(StrEnum):
    NOTE = "note"
    DOCUMENT = "document"
    TASK = "task"
    PARTICIPATION = "participation"
    CONSENT = "consent"
    BREAK_GLASS = "break_glass"
    PLAN_GOAL = "plan_goal"


_RECORDS: dict[Item, type[Base]] = {
    Item.NOTE: Note,
    Item.DOCUMENT: Document,
    Item.TASK: Task,
    Item.PARTICIPATION: Participation,
    Item.CONSENT: Consent,
    Item.BREAK_GLASS: BreakGlassOpening,
    Item.PLAN_GOAL: PlanGoal,
}


def set_compartment(
    case_id: UUID,
    item: Item,
    object_id: UUID,
    member_id: UUID | None,
    *,
    actor: Actor,
    uow: UnitOfWork,
) -> None:
    """Put an object away for that adult alone, or (None) for nobody in particular.

    What professionals read stays the same. NotFound for what is absent, hidden, or not the actor's
    to put away.
    """
    policy.require_team(access_to(case_id, uow=uow))
    values = {"kind": item.value, "case": case_id, "object": object_id, "owner": member_id}
    if not uow.session.scalar(_SET, values):
        raise NotFound
    record = _RECORDS[item](id=object_id)
    after = {"confidential_to": member_id}
    uow.record("set_compartment", record, actor=actor, case_id=case_id, after=after)
