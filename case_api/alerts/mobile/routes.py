"""Operations on one's own mobile number, for alerts by SMS."""

from datetime import timedelta
from typing import Any

from case_api.alerts.mobile.schemas import GiveNumberIn, MobileNumberOut, VerifyNumberIn
from case_api.api import Blueprint
from case_api.context import maillage
from notifications.mobile import commands
from services.shared.actor import Actor
from services.shared.attempts import Limit
from services.shared.unit_of_work import UnitOfWork

api = Blueprint("numbers", __name__, description="Alerts by SMS", url_prefix="/api/v1")
MINE = "/me/mobile-number"


@api.query(MINE, gives=MobileNumberOut, summary="My number: its last digits, and whether it counts")
def get_mobile_number(*, actor: Actor, uow: UnitOfWork) -> Any:
    return commands.my_number(keyring=maillage().keyring, actor=actor, uow=uow)


@api.command(
    "PUT",
    MINE,
    takes=GiveNumberIn,
    gives=MobileNumberOut,
    limit=Limit(times=5, within=timedelta(days=1)),
    keeps_answer=False,
    summary="Give a number, or another; a code is sent to it",
    description="It replaces the one before at once. 409 where the network has no SMS.",
)
def give_mobile_number(data: Any, *, actor: Actor, uow: UnitOfWork) -> Any:
    return commands.give_number(
        data["number"],
        offered=bool(maillage().settings.sms_gateway_url),
        keyring=maillage().keyring,
        actor=actor,
        uow=uow,
    )


@api.command(
    "POST",
    f"{MINE}/verification",
    takes=VerifyNumberIn,
    gives=MobileNumberOut,
    status=200,
    limit=Limit(times=5, within=timedelta(minutes=15)),
    keeps_answer=False,
    summary="Type in the code that came: from now on the number counts",
)
def verify_mobile_number(data: Any, *, actor: Actor, uow: UnitOfWork) -> Any:
    return commands.verify_number(data["code"], keyring=maillage().keyring, actor=actor, uow=uow)


@api.command("DELETE", MINE, summary="Take my number back: it is forgotten at once")
def remove_mobile_number(*, actor: Actor, uow: UnitOfWork) -> Any:
    return commands.remove_number(actor=actor, uow=uow)
