"""Operations that split a household into a file of its own."""

from typing import Any
from uuid import UUID

from case_api.api import Blueprint
from case_api.cases.splits.schemas import NewFileOut, PreviewSplitIn, SplitIn, SplitPreviewOut
from case_api.context import maillage
from services.cases.splits import commands as splits
from services.cases.splits.commands import Leaver, SplitHousehold
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "splits",
    __name__,
    description="A file of their own for members who leave, linked to nothing",
    url_prefix="/api/v1",
)


@api.command(
    "POST",
    "/cases/<uuid:case_id>/split/preview",
    takes=PreviewSplitIn,
    gives=SplitPreviewOut,
    status=200,
    step_up=True,
    summary="What a split would copy, leave and end; nothing is done",
)
def preview_split(data: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return splits.preview_split(case_id, data["member_ids"], actor=actor, uow=uow)


@api.command(
    "POST",
    "/cases/<uuid:case_id>/split",
    takes=SplitIn,
    gives=NewFileOut,
    status=201,
    location="/cases/{id}",
    step_up=True,
    keeps_answer=False,
    summary="Open an unlinked file for members who leave, and record that they left",
    description=(
        "For the reference worker, within five minutes of a login; she leads the new file as well,"
        " until she hands it over. An adult must leave and an adult must stay. An Idempotency-Key"
        " is not used: the answer is given once. Open the new file at another time of the day: the"
        " reads of both are written down with their instants."
    ),
)
def split_household(data: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    leavers = tuple(Leaver(**each) for each in data["members"])
    cmd = SplitHousehold(case_id=case_id, leavers=leavers, left_on=data["left_on"])
    keyring, case_keys = maillage().keyring, maillage().case_keys
    return splits.split_household(cmd, keyring=keyring, case_keys=case_keys, actor=actor, uow=uow)
