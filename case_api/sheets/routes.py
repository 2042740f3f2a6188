"""What the reference worker prints for one adult of the household and hands over."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from marshmallow import fields, validate

from case_api.api import Blueprint, Limit, Printout
from case_api.http.fields import Schema, Uuid
from case_api.sheets.printing import printout
from services.consent.queries import leads
from services.portal.copies import print_for
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork
from services.shared.words.catalogue import LANGUAGES

api = Blueprint(
    "sheets",
    __name__,
    description="On paper: what an adult of the household is shown of their file",
    url_prefix="/api/v1",
)
# A sheet costs the time of many answers; a day with many families has to be possible.
PRINTS = Limit(times=30, within=timedelta(hours=1))


class PrintArgs(Schema):
    member = Uuid(required=True, metadata={"description": "For which adult."})
    language = fields.String(
        validate=validate.OneOf(LANGUAGES),
        metadata={"description": "The household's own if it is left out, or else French."},
    )


@api.download(
    "/cases/<uuid:case_id>/household-sheet",
    args=PrintArgs,
    limit=PRINTS,
    summary="The sheet of one adult: plan, hearing, team, consents, who read (PDF)",
    description="By the reference worker. Only what that adult may be told: nothing confidential to"
    " another. Tagged (PDF/UA-1). Logged as read, which that adult sees.",
)
def print_household_sheet(args: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return _printed(args, case_id, whole=False, actor=actor, uow=uow)


@api.download(
    "/cases/<uuid:case_id>/household-copy",
    args=PrintArgs,
    limit=PRINTS,
    summary="The whole copy for one adult (GDPR art. 15), on paper (PDF)",
)
def print_household_copy(args: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return _printed(args, case_id, whole=True, actor=actor, uow=uow)


def _printed(args: Any, case_id: UUID, *, whole: bool, actor: Actor, uow: UnitOfWork) -> Printout:
    copy = print_for(
        case_id, args["member"], whole=whole, language=args.get("language"), actor=actor, uow=uow
    )
    worker = copy.view.team[0].name
    return printout(
        copy, whole=whole, by=worker, is_still_open=lambda later: leads(case_id, uow=later)
    )
