"""Operations on a case and its household."""

from typing import Any
from uuid import UUID

from case_api.api import Blueprint, Page, Reply
from case_api.cases.schemas import (
    CameBackIn,
    CaseOut,
    CaseSummaryOut,
    LeftOnIn,
    MemberIn,
    MemberOut,
    OpenCaseIn,
    TenancyIn,
    TenancyOut,
)
from services.cases import commands, queries
from services.cases.household import commands as household
from services.cases.household import memberships
from services.cases.household.commands import NewMember, RecordTenancy
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint(
    "cases", __name__, description="Shared case files and their households", url_prefix="/api/v1"
)


@api.command(
    "POST",
    "/cases",
    takes=OpenCaseIn,
    gives=CaseOut,
    status=201,
    location="/cases/{id}",
    summary="Open a case file",
)
def open_case(data: Any, *, actor: Actor, uow: UnitOfWork) -> Any:
    members = tuple(NewMember(**member) for member in data.pop("members"))
    case = commands.open_case(commands.OpenCase(**data, members=members), actor=actor, uow=uow)
    return _reply(case.id, actor=actor, uow=uow)


@api.query(
    "/cases", gives=CaseSummaryOut, paged=True, summary="My cases, by code; codes and dates only"
)
def list_cases(args: Any, *, actor: Actor, uow: UnitOfWork) -> Any:
    limit = args["limit"]
    found = queries.my_cases(after=args["cursor"], limit=limit + 1, uow=uow)
    return Page.cut(found, limit, lambda last: last.code)


@api.query("/cases/<uuid:case_id>", gives=CaseOut, summary="A case as I may see it")
def get_case(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return queries.case(case_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/cases/<uuid:case_id>/members",
    takes=MemberIn,
    gives=MemberOut,
    status=201,
    summary="Add a member of the household",
)
def add_member(data: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    member = household.add_member(case_id, NewMember(**data), actor=actor, uow=uow)
    return Reply(member, version=member.version)


@api.command(
    "POST",
    "/cases/<uuid:case_id>/members/<uuid:member_id>/departure",
    takes=LeftOnIn,
    gives=MemberOut,
    expects_version=True,
    summary="A member left the household",
)
def end_membership(
    data: Any, case_id: UUID, member_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    member = memberships.end_membership(
        case_id,
        member_id,
        data["left_on"],
        goes_on=data["goes_on_without_adult"],
        version=version,
        actor=actor,
        uow=uow,
    )
    return Reply(member, version=member.version)


@api.command(
    "POST",
    "/cases/<uuid:case_id>/members/<uuid:member_id>/return",
    takes=CameBackIn,
    gives=MemberOut,
    status=201,
    summary="A member who left lives there again: another membership of the same person",
)
def return_member(
    data: Any, case_id: UUID, member_id: UUID, *, actor: Actor, uow: UnitOfWork
) -> Any:
    member = memberships.come_back(case_id, member_id, data["joined_on"], actor=actor, uow=uow)
    return Reply(member, version=member.version)


@api.command(
    "PUT",
    "/cases/<uuid:case_id>/members/<uuid:member_id>",
    takes=MemberIn,
    gives=MemberOut,
    expects_version=True,
    summary="Correct what is written of a member; what is left out is emptied",
)
def correct_member(
    data: Any, case_id: UUID, member_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    member = memberships.correct_member(
        case_id, member_id, NewMember(**data), version=version, actor=actor, uow=uow
    )
    return Reply(member, version=member.version)


@api.command(
    "POST",
    "/cases/<uuid:case_id>/tenancy",
    takes=TenancyIn,
    gives=TenancyOut,
    status=201,
    summary="Record the tenancy",
)
def record_tenancy(data: Any, case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    cmd = RecordTenancy(**data)
    tenancy = household.record_tenancy(case_id, cmd, version=None, actor=actor, uow=uow)
    return Reply(tenancy, version=tenancy.version)


@api.command(
    "PUT",
    "/cases/<uuid:case_id>/tenancy",
    takes=TenancyIn,
    gives=TenancyOut,
    expects_version=True,
    summary="Replace the tenancy",
)
def replace_tenancy(
    data: Any, case_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    cmd = RecordTenancy(**data)
    tenancy = household.record_tenancy(case_id, cmd, version=version, actor=actor, uow=uow)
    return Reply(tenancy, version=tenancy.version)


def _reply(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return queries.case(case_id, actor=actor, uow=uow)
