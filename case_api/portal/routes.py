"""Operations of an adult of the household, in their own session."""

from typing import Any
from uuid import UUID

from case_api.api import Blueprint, Page, Reply
from case_api.auth.household import cookie, forget, require_member, typed_code, visitor
from case_api.portal.copy_schemas import CopyOut
from case_api.portal.schemas import (
    AnotherWorkerIn,
    AskIn,
    ChoicesOut,
    EnterIn,
    GiveConsentIn,
    HouseholdSessionOut,
    LanguageArgs,
    NameArgs,
    OwnConsentOut,
    OwnHouseholdOut,
    OwnReadOut,
    OwnWelfareCentreOut,
    ProfessionalChoiceOut,
    ReceiptOut,
    RefuseIn,
)
from services.consent.commands import GiveConsent
from services.portal import (
    choices,
    copies,
    disclosures,
    door,
    offers,
    queries,
    requests,
    sessions,
)
from services.portal.consent_queries import consents
from services.shared.actor import HouseholdMember
from services.shared.errors import DomainError, NotFound
from services.shared.unit_of_work import UnitOfWork
from services.shared.words.catalogue import spoken

api = Blueprint(
    "household",
    __name__,
    description="An adult of the household about their own file. Signing in: a one-time code of the"
    " reference worker opens a session with its own cookie; every change needs X-CSRF-Token.",
    url_prefix="/api/v1/household",
)


@api.command(
    "POST",
    "/session",
    takes=EnterIn,
    gives=HouseholdSessionOut,
    status=201,
    location="/session",
    public=True,
    counts_tries=True,
    summary="Enter with a one-time code; the session is in the cookie",
    description="403 `household-code-invalid` for every code that does not open, whatever is wrong"
    " with it; 429 after sixty wrong codes in an hour from one client, or ten times the same one.",
)
def enter_household(data: Any, *, actor: None, uow: UnitOfWork) -> Any:
    code = data["code"]
    entered = door.enter(code, client=visitor(), code=typed_code(code), uow=uow)
    if isinstance(entered, DomainError):
        return entered
    seconds = int(sessions.ABSOLUTE.total_seconds())
    return Reply(entered, headers={"Set-Cookie": cookie(entered.token, seconds)})


@api.query("/session", gives=HouseholdSessionOut, household=True, summary="My session")
def get_household_session(*, actor: HouseholdMember, uow: UnitOfWork) -> Any:
    live = require_member()
    return {
        "csrf_token": live.csrf_token,
        "expires_at": live.expires_at,
        "language": actor.language,
    }


@api.command("DELETE", "/session", household=True, summary="Leave; this browser forgets it all")
def leave_household(*, actor: HouseholdMember, uow: UnitOfWork) -> Any:
    sessions.leave(actor=actor, uow=uow)
    return Reply(headers=forget())


@api.query(
    "",
    gives=OwnHouseholdOut,
    args=LanguageArgs,
    household=True,
    summary="My file: dates, team and why, consents, who could read what",
)
def get_household(args: Any, *, actor: HouseholdMember, uow: UnitOfWork) -> Any:
    return queries.household(language=args["language"], uow=uow)


@api.query(
    "/reads",
    gives=OwnReadOut,
    args=LanguageArgs,
    paged=True,
    cursor=(int,),
    household=True,
    summary="Who read my file, newest first",
)
def list_household_reads(args: Any, *, actor: HouseholdMember, uow: UnitOfWork) -> Any:
    (before,) = args["cursor"] or (None,)
    limit = args["limit"]
    said = spoken(args["language"] or actor.language)
    found = disclosures.reads(said, before=before, limit=limit + 1, uow=uow)
    return Page.cut(found, limit, lambda last: (last.seq,))


@api.query(
    "/copy",
    gives=CopyOut,
    args=LanguageArgs,
    household=True,
    summary="A copy of all that is kept about me, for me or for another service",
)
def get_household_copy(args: Any, *, actor: HouseholdMember, uow: UnitOfWork) -> Any:
    return copies.copy(language=args["language"], uow=uow)


@api.query(
    "/choices",
    gives=ChoicesOut,
    args=LanguageArgs,
    household=True,
    summary="Organisations, roles and kinds of data that a consent can name",
)
def list_choices(args: Any, *, actor: HouseholdMember, uow: UnitOfWork) -> Any:
    return offers.choices(args["language"] or actor.language, uow=uow)


@api.query(
    "/professionals",
    gives=[ProfessionalChoiceOut],
    args=NameArgs,
    household=True,
    summary="People of the network by a part of their name, twenty at most",
)
def find_professionals(args: Any, *, actor: HouseholdMember, uow: UnitOfWork) -> Any:
    return offers.people(args["name"], uow=uow)


@api.query(
    "/consents/<uuid:consent_id>",
    gives=OwnConsentOut,
    args=LanguageArgs,
    household=True,
    summary="A consent of mine or of the household",
)
def get_household_consent(
    args: Any, consent_id: UUID, *, actor: HouseholdMember, uow: UnitOfWork
) -> Any:
    said = spoken(args["language"] or actor.language)
    found = consents(said, consent_id=consent_id, uow=uow)
    if not found:
        raise NotFound
    return Reply(found[0], version=found[0].version)


@api.command(
    "POST",
    "/consents",
    takes=GiveConsentIn,
    gives=ReceiptOut,
    status=201,
    location="/consents/{id}",
    household=True,
    summary="Say yes or no to a person, an organisation or a role; it holds at once",
)
def give_own_consent(data: Any, *, actor: HouseholdMember, uow: UnitOfWork) -> Any:
    return choices.give_consent(GiveConsent(**data), actor=actor, uow=uow)


@api.command(
    "POST",
    "/consents/<uuid:consent_id>/withdrawal",
    gives=ReceiptOut,
    status=200,
    household=True,
    expects_version=True,
    summary="Take a consent back; nobody reads by it any more",
)
def withdraw_own_consent(
    consent_id: UUID, *, version: int, actor: HouseholdMember, uow: UnitOfWork
) -> Any:
    return choices.withdraw_consent(consent_id, version=version, actor=actor, uow=uow)


@api.command(
    "POST",
    "/exclusions",
    takes=RefuseIn,
    gives=ReceiptOut,
    status=201,
    household=True,
    summary="Refuse a person or an organisation; they read nothing more",
)
def refuse_somebody(data: Any, *, actor: HouseholdMember, uow: UnitOfWork) -> Any:
    return choices.refuse(**data, actor=actor, uow=uow)


@api.command(
    "POST",
    "/worker-requests",
    takes=AnotherWorkerIn,
    gives=ReceiptOut,
    status=201,
    household=True,
    summary="Ask for another reference worker; the coordinators are told too",
)
def ask_for_another_worker(data: Any, *, actor: HouseholdMember, uow: UnitOfWork) -> Any:
    return choices.ask_for_another_worker(**data, actor=actor, uow=uow)


@api.command(
    "POST",
    "/procedures/<uuid:procedure_id>/welfare-opposition",
    gives=ReceiptOut,
    status=201,
    location="/welfare-oppositions/{id}",
    household=True,
    summary="Oppose that the public welfare centre is told of this procedure; it holds at once",
    description="Late is never refused: what the law says of it, the reference worker reads.",
)
def oppose_own_welfare_centre(
    procedure_id: UUID, *, actor: HouseholdMember, uow: UnitOfWork
) -> Any:
    return choices.oppose_welfare_centre(procedure_id, actor=actor, uow=uow)


@api.query(
    "/welfare-oppositions/<uuid:opposition_id>",
    gives=OwnWelfareCentreOut,
    args=LanguageArgs,
    household=True,
    summary="An opposition of my household that stands",
)
def get_own_welfare_opposition(
    args: Any, opposition_id: UUID, *, actor: HouseholdMember, uow: UnitOfWork
) -> Any:
    said = spoken(args["language"] or actor.language)
    found = queries.welfare_centre(said, opposition_id=opposition_id, uow=uow)
    if not found:
        raise NotFound
    return Reply(found[0], version=found[0].version)


@api.command(
    "POST",
    "/welfare-oppositions/<uuid:opposition_id>/withdrawal",
    gives=ReceiptOut,
    status=200,
    household=True,
    expects_version=True,
    summary="Take my opposition back; consent alone decides again",
)
def withdraw_own_welfare_opposition(
    opposition_id: UUID, *, version: int, actor: HouseholdMember, uow: UnitOfWork
) -> Any:
    return choices.withdraw_opposition(opposition_id, version=version, actor=actor, uow=uow)


@api.command(
    "POST",
    "/requests",
    takes=AskIn,
    gives=ReceiptOut,
    status=201,
    household=True,
    summary="Ask a correction, or about an access; to be answered within a month",
)
def ask_request(data: Any, *, actor: HouseholdMember, uow: UnitOfWork) -> Any:
    return requests.ask(requests.Ask(**data), actor=actor, uow=uow)
