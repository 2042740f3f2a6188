"""A case is open again: the law that changed while it was closed reaches its dates in that commit.

A recomputation leaves closed cases alone (`run`), and one that is over does not come back for them.
The reference worker who reopens may read and write all of it: no right of the workers, and no run
of the network, is needed for one case (docs/decisions/0025).
"""

from uuid import UUID

from services.cases.closings import course
from services.cases.model import Case
from services.evictions.dates.computing import computed
from services.evictions.dates.facts import Running, read_all
from services.evictions.dates.model import Procedure
from services.evictions.dates.write import Moved
from services.evictions.law.in_force import Law, held_law
from services.evictions.law_changes.read import places_of
from services.evictions.law_changes.run import DIGEST
from services.evictions.law_changes.write import write
from services.shared import alerts
from services.shared.actor import Actor
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.errors import RuleBroken
from services.shared.unit_of_work import UnitOfWork


def reopen(case_id: UUID, reason: str, *, actor: Actor, uow: UnitOfWork) -> Case:
    """Open a case again with its places and reminders, and with its dates by the law as it is now.

    Where no date differs nothing is written, and nobody is told.
    """
    case = course.reopen(case_id, reason, actor=actor, uow=uow)
    law = held_law(uow=uow)
    found = [
        moved
        for each in read_all(places_of(case_id, uow=uow), uow=uow)
        if (moved := _moved(each, law)) is not None
    ]
    write(found, law.calendar, uow=uow)
    differing = [each for each in found if each.differences]
    for each in differing:
        _audit(each, actor=actor, uow=uow)
    if differing:
        _plan_digest(case, actor=actor, uow=uow)
    return case


def _moved(running: Running, law: Law) -> Moved | None:
    """The dates of a procedure by this law.

    None where one would leave the calendar: it keeps its own.
    """
    try:
        wanted = computed(running.acts, running.rule_set, law)
    except RuleBroken:
        return None
    return Moved.of(running, wanted)


def _audit(moved: Moved, *, actor: Actor, uow: UnitOfWork) -> None:
    names = {f"{each.act_id}/{each.rule_id}": each for each in moved.differences}
    uow.record(
        "recompute_deadlines",
        uow.session.get_one(Procedure, moved.running.id),
        actor=actor,
        case_id=moved.running.case_id,
        before={name: each.before for name, each in names.items()},
        after={name: each.after for name, each in names.items()},
    )


def _plan_digest(case: Case, *, actor: Actor, uow: UnitOfWork) -> None:
    """Tell the actor once for the case; each date that is near has an alert of its own."""
    told = NewAlert(
        kind=DIGEST,
        case_id=case.id,
        object_id=case.id,
        object_version=case.version,
        due_at=uow.now(),
        recipient_role=RecipientRole.PERSON,
        recipient_id=actor.id,
    )
    alerts.plan([told], uow=uow)
