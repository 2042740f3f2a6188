"""Operations on the tables of a session: seats, conflicts, invitations to a table, the promise."""

from typing import Any
from uuid import UUID

from case_api.api import Blueprint, Reply
from case_api.intervisions.tables.schemas import (
    AllocateIn,
    ConflictOut,
    DeclareConflictIn,
    InvitedInOut,
    InviteInIn,
    MakeTablesIn,
    MoveSeatIn,
    SeatingOut,
    SignIn,
    UndertakingArgs,
    UndertakingOut,
)
from services.intervisions.tables import commands as seats
from services.intervisions.tables import conflicts, undertakings
from services.intervisions.tables import queries as seat_queries
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "intervision tables",
    __name__,
    description="Tables of a session: who sits where, and what they promise",
    url_prefix="/api/v1",
)
_SESSION = "/intervision-sessions/<uuid:session_id>"


@api.command(
    "POST",
    f"{_SESSION}/tables",
    takes=MakeTablesIn,
    gives=SeatingOut,
    status=201,
    summary="Make tables, each over a proposal or a topic (its facilitator)",
)
def make_tables(data: Any, session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    new = tuple(seats.NewTable(**each) for each in data["tables"])
    seats.make_tables(session_id, new, actor=actor, uow=uow)
    return seat_queries.seating(session_id, uow=uow)


@api.command(
    "DELETE",
    "/session-tables/<uuid:table_id>",
    gives=SeatingOut,
    status=200,
    expects_version=True,
    summary="Remove a table at which nothing was written (the version is that of the seating)",
)
def remove_table(table_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> Any:
    session_id = seats.remove_table(table_id, version=version, actor=actor, uow=uow)
    return seat_queries.seating(session_id, uow=uow)


@api.query(
    f"{_SESSION}/seating",
    gives=SeatingOut,
    summary="Tables with the people at mine; to the facilitator at all",
)
def get_seating(session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return seat_queries.seating(session_id, uow=uow)


@api.command(
    "POST",
    f"{_SESSION}/seating",
    takes=AllocateIn,
    gives=SeatingOut,
    status=200,
    expects_version=True,
    summary="Allocate seats to everybody who comes, or show what that would give",
    description="Even in sizes and sectors, the same for the same people. Who was moved by hand"
    " stays where they are, as long as that is possible.",
)
def allocate_seats(
    data: Any, session_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    if data["dry_run"]:
        instead = seats.preview(session_id, version=version, uow=uow)
        return seat_queries.seating(session_id, uow=uow, instead=instead)
    seats.allocate(session_id, version=version, actor=actor, uow=uow)
    return seat_queries.seating(session_id, uow=uow)


@api.command(
    "POST",
    f"{_SESSION}/seating/moves",
    takes=MoveSeatIn,
    gives=SeatingOut,
    status=200,
    expects_version=True,
    summary="Move somebody to another table, with a note",
)
def move_seat(data: Any, session_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> Any:
    cmd = seats.MovePerson(session_id=session_id, **data)
    seats.move_person(cmd, version=version, actor=actor, uow=uow)
    return seat_queries.seating(session_id, uow=uow)


@api.command(
    "POST",
    f"{_SESSION}/seating/closing",
    gives=SeatingOut,
    status=200,
    expects_version=True,
    summary="Tell everybody their table; from now on people are moved by hand alone",
)
def close_seating(session_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> Any:
    seats.close_seating(session_id, version=version, actor=actor, uow=uow)
    return seat_queries.seating(session_id, uow=uow)


@api.command(
    "POST",
    f"{_SESSION}/conflicts",
    takes=DeclareConflictIn,
    gives=ConflictOut,
    status=201,
    summary="Say that I cannot sit over a proposal; nobody is told",
)
def declare_conflict(data: Any, session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return conflicts.declare_conflict(session_id, data["proposal_id"], actor=actor, uow=uow)


@api.query(f"{_SESSION}/conflicts", gives=[ConflictOut], summary="What I said of myself")
def list_conflicts(session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return conflicts.my_conflicts(session_id, actor=actor, uow=uow)


@api.command(
    "DELETE",
    f"{_SESSION}/conflicts/<uuid:proposal_id>",
    summary="It was not so: I can sit over that proposal",
)
def withdraw_conflict(
    session_id: UUID, proposal_id: UUID, *, actor: Actor, uow: UnitOfWork
) -> None:
    conflicts.withdraw_conflict(session_id, proposal_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/proposals/<uuid:proposal_id>/invited-in",
    takes=InviteInIn,
    gives=InvitedInOut,
    status=201,
    summary="Invite somebody of an organisation in the file to the table of my proposal",
)
def invite_in(data: Any, proposal_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return conflicts.invite_in(proposal_id, data["professional_id"], actor=actor, uow=uow)


@api.query(
    "/proposals/<uuid:proposal_id>/invited-in",
    gives=[InvitedInOut],
    summary="Whom I invited to the table of my proposal",
)
def list_invited_in(proposal_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return conflicts.invited_in(proposal_id, uow=uow)


@api.command(
    "DELETE",
    "/proposals/<uuid:proposal_id>/invited-in/<uuid:professional_id>",
    summary="Take such an invitation back",
)
def take_back_invited_in(
    proposal_id: UUID, professional_id: UUID, *, actor: Actor, uow: UnitOfWork
) -> None:
    conflicts.take_back(proposal_id, professional_id, actor=actor, uow=uow)


@api.query(
    f"{_SESSION}/undertaking",
    args=UndertakingArgs,
    gives=UndertakingOut,
    summary="What I promise before I read or write anything of a table",
)
def get_undertaking(args: Any, session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return undertakings.undertaking(session_id, args["language"], actor=actor, uow=uow)


@api.command(
    "POST",
    f"{_SESSION}/undertaking",
    takes=SignIn,
    gives=UndertakingOut,
    status=201,
    summary="Sign it for this session",
)
def sign_undertaking(data: Any, session_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    signed = undertakings.sign(session_id, **data, actor=actor, uow=uow)
    return Reply(undertakings.undertaking(session_id, signed.language, actor=actor, uow=uow))
