"""Operations on telling the public welfare centre of a procedure, and on opposing that."""

from typing import Any
from uuid import UUID

from case_api.api import Blueprint
from case_api.evictions.procedures.routes import procedure_reply
from case_api.evictions.procedures.schemas import ProcedureOut
from case_api.evictions.welfare_centre.schemas import OpposeIn, ToldIn, WelfareOppositionOut
from services.evictions.welfare_centre import oppositions as welfare_oppositions
from services.evictions.welfare_centre import steps as welfare_steps
from services.evictions.welfare_centre.model import Teller
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "welfare_centre",
    __name__,
    description="Telling the public welfare centre (CPAS/OCMW)",
    url_prefix="/api/v1",
)


@api.command(
    "POST",
    "/procedures/<uuid:procedure_id>/welfare-oppositions",
    takes=OpposeIn,
    gives=WelfareOppositionOut,
    status=201,
    summary="Record that the tenant opposes telling the public welfare centre",
    description=(
        "From this commit on nobody of a public welfare centre reads the procedures of the case or"
        " is told of them, but whoever answers for the case. Late is a warning, never a refusal."
    ),
)
def oppose_welfare_centre(data: Any, procedure_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    # Answered as it was written: the recorder may have lost sight of it by this very act.
    cmd = welfare_oppositions.Oppose(procedure_id=procedure_id, **data)
    return welfare_oppositions.oppose(cmd, actor=actor, uow=uow)


@api.command(
    "POST",
    "/welfare-oppositions/<uuid:opposition_id>/withdrawal",
    gives=ProcedureOut,
    status=200,
    expects_version=True,
    summary="Record that the tenant withdraws the opposition; consent alone decides again",
)
def withdraw_welfare_opposition(
    opposition_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    withdrawn = welfare_oppositions.withdraw_opposition(
        opposition_id, version=version, actor=actor, uow=uow
    )
    return procedure_reply(withdrawn.procedure_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/welfare-steps/<uuid:step_id>/done",
    takes=ToldIn,
    gives=ProcedureOut,
    status=200,
    expects_version=True,
    summary="Record that the public welfare centre was told: when, and by whom",
)
def record_welfare_centre_told(
    data: Any, step_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    told = welfare_steps.record_told(
        step_id, data["done_on"], Teller(data["done_by"]), version=version, actor=actor, uow=uow
    )
    return procedure_reply(told.procedure_id, actor=actor, uow=uow)
