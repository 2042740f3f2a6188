"""What an adult of the household prints by themselves, in their own session."""

from datetime import timedelta
from typing import Any

from case_api.api import Blueprint, Limit, Printout
from case_api.portal.schemas import LanguageArgs
from case_api.sheets.printing import printout
from services.portal import copies, sessions
from services.shared.actor import HouseholdMember
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "household-sheets",
    __name__,
    description="On paper: what an adult of the household is shown of their file, for themselves",
    url_prefix="/api/v1/household",
)
PRINTS = Limit(times=10, within=timedelta(hours=1))


@api.download(
    "/sheet.pdf",
    args=LanguageArgs,
    household=True,
    limit=PRINTS,
    summary="My sheet: plan, hearing, team, consents, who read (PDF)",
    description="As the reference worker would print it for me. Tagged (PDF/UA-1).",
)
def download_own_sheet(args: Any, *, actor: HouseholdMember, uow: UnitOfWork) -> Any:
    return _mine(args, whole=False, uow=uow)


@api.download(
    "/copy.pdf",
    args=LanguageArgs,
    household=True,
    limit=PRINTS,
    summary="A copy of all that is kept about me, to read and to show (PDF)",
)
def download_own_copy(args: Any, *, actor: HouseholdMember, uow: UnitOfWork) -> Any:
    return _mine(args, whole=True, uow=uow)


def _mine(args: Any, *, whole: bool, uow: UnitOfWork) -> Printout:
    copy = copies.copy(language=args["language"], uow=uow)
    return printout(copy, whole=whole, is_still_open=lambda later: sessions.is_live(uow=later))
