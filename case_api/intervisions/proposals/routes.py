"""Operations on the proposals of a session."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from case_api.api import Blueprint, Reply
from case_api.context import maillage
from case_api.intervisions.proposals.schemas import (
    AttachIn,
    DraftProposalIn,
    EditProposalIn,
    ProposalOut,
    ReadProposalIn,
    ScreenedOut,
)
from case_api.languages import chosen_language
from services.intervisions.proposals import attachments, second_reading
from services.intervisions.proposals import commands as proposals
from services.intervisions.proposals import queries as proposal_queries
from services.intervisions.proposals.case_screen import Keys
from services.intervisions.proposals.queries import ProposalView
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork
from services.shared.words.catalogue import say

api = Blueprint(
    "proposals",
    __name__,
    description="Situations that reference workers bring to a session, without the household",
    url_prefix="/api/v1",
)
_OF_SESSION = "/intervision-sessions/<uuid:session_id>/proposals"
_PROPOSAL = "/proposals/<uuid:proposal_id>"


@api.command(
    "POST",
    _OF_SESSION,
    takes=DraftProposalIn,
    gives=ProposalOut,
    status=201,
    location="/proposals/{id}",
    summary="Draft a proposal of a case of mine; nobody else sees it yet",
    description="It gets a name that is drawn for this session. Nothing is screened yet.",
)
def draft_proposal(data: Any, session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    made = proposals.draft_proposal(session_id, **data, actor=actor, uow=uow)
    return _reply(made.id, actor, uow)


@api.query(
    _OF_SESSION,
    gives=[ProposalOut],
    summary="The proposals of a session: those all may see, my own, those I am to read",
)
def list_proposals(session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    found = proposal_queries.proposals(session_id, actor=actor, uow=uow)
    return [_labelled(each) for each in found]


@api.query(_PROPOSAL, gives=ProposalOut, summary="A proposal")
def get_proposal(proposal_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return _reply(proposal_id, actor, uow)


@api.command(
    "PUT",
    _PROPOSAL,
    takes=EditProposalIn,
    gives=ProposalOut,
    expects_version=True,
    summary="Change a proposal of mine: until it is read again nobody else sees it",
)
def edit_proposal(
    data: Any, proposal_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    proposals.edit_proposal(proposal_id, **data, version=version, actor=actor, uow=uow)
    return _reply(proposal_id, actor, uow)


@api.command(
    "POST",
    f"{_PROPOSAL}/screening",
    gives=ScreenedOut,
    status=200,
    keeps_answer=False,
    summary="Where my words say whose situation it is; nothing changes",
)
def screen_proposal(proposal_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    found = proposals.screen_proposal(proposal_id, _keys(), actor=actor, uow=uow)
    words = proposals.in_weeks_of_session(proposal_id, uow=uow)
    return {"found": found, "in_weeks": words}


@api.command(
    "POST",
    f"{_PROPOSAL}/submission",
    gives=ProposalOut,
    status=200,
    expects_version=True,
    summary="Submit a proposal: screened, then read by a second person",
    description="422 `identifiers-found` marks the words that say whose situation it is.",
)
def submit_proposal(proposal_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> Any:
    proposals.submit_proposal(proposal_id, _keys(), version=version, actor=actor, uow=uow)
    return _reply(proposal_id, actor, uow)


@api.command(
    "POST",
    f"{_PROPOSAL}/reading",
    takes=ReadProposalIn,
    gives=ProposalOut,
    status=200,
    expects_version=True,
    summary="As its second reader: let everybody see it, or send it back with a remark",
)
def read_proposal(
    data: Any, proposal_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    second_reading.read_proposal(proposal_id, **data, version=version, actor=actor, uow=uow)
    return _reply(proposal_id, actor, uow)


@api.command(
    "POST",
    f"{_PROPOSAL}/withdrawal",
    gives=ProposalOut,
    status=200,
    expects_version=True,
    summary="Take a proposal of mine back",
)
def withdraw_proposal(proposal_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> Any:
    proposals.withdraw_proposal(proposal_id, version=version, actor=actor, uow=uow)
    return _reply(proposal_id, actor, uow)


@api.upload(
    f"{_PROPOSAL}/attachments",
    takes=AttachIn,
    gives=ProposalOut,
    location="/proposals/{id}",
    summary="Put the words of a plain text beside a proposal of mine",
    description="Of the file its words alone are kept: no name, no author, no day. Other kinds of"
    " files are refused: they carry more than anybody sees.",
)
def attach_to_proposal(data: Any, proposal_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    attachments.attach(proposal_id, data["file"].text(), actor=actor, uow=uow)
    return _reply(proposal_id, actor, uow)


@api.command(
    "DELETE",
    f"{_PROPOSAL}/attachments/<int:number>",
    gives=ProposalOut,
    status=200,
    summary="Take a text away from a proposal of mine",
)
def detach_from_proposal(proposal_id: UUID, number: int, *, actor: Actor, uow: UnitOfWork) -> Any:
    attachments.detach(proposal_id, number, actor=actor, uow=uow)
    return _reply(proposal_id, actor, uow)


def _keys() -> Keys:
    return Keys(keyring=maillage().keyring, case_keys=maillage().case_keys)


def _reply(proposal_id: UUID, actor: Actor, uow: UnitOfWork) -> Reply:
    view = proposal_queries.proposal(proposal_id, actor=actor, uow=uow)
    return Reply(_labelled(view), view.version)


def _labelled(view: ProposalView) -> dict[str, Any]:
    language = chosen_language()
    tags = [{"tag": each, "label": say(f"tag.{each}", language)} for each in view.tags]
    return asdict(view) | {"tags": tags}
