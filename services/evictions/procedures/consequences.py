"""What follows from an act, a regime or a hearing that changed: dates, welfare steps and tasks."""

from services.evictions.dates.model import Procedure
from services.evictions.dates.recompute import recompute
from services.evictions.procedures import tasks
from services.evictions.welfare_centre import steps
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork


def follow(procedure: Procedure, *, actor: Actor, uow: UnitOfWork) -> None:
    """Bring everything that follows from the acts in force in line with them, in this commit.

    The caller holds the procedure and may record in it.
    """
    found = recompute(procedure, actor=actor, uow=uow)
    steps.follow(procedure, found, uow=uow)
    tasks.follow(procedure, found, actor=actor, uow=uow)
