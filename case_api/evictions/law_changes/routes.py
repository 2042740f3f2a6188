"""Operations on the law as data: rule sets, rules and holidays, and what a change of them moves."""

from typing import Any
from uuid import UUID

from case_api.api import Blueprint, Page
from case_api.evictions.law_changes.schemas import (
    ChangeHolidayIn,
    ChangeRuleIn,
    ConfirmationOut,
    ConfirmRuleSetIn,
    LoadRuleSetIn,
    MovedArgs,
    MovedDateOut,
    PreviewIn,
    RecomputationOut,
    RuleChangeOut,
    RuleSetVersionOut,
)
from services.evictions.law_changes import commands as rule_changes
from services.evictions.law_changes import confirmations
from services.evictions.law_changes import queries as rule_queries
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork

api = Blueprint("rules", __name__, description="Rule sets and holidays", url_prefix="/api/v1")


@api.query("/rule-sets", gives=[RuleSetVersionOut], summary="Versions of rule sets, by code")
def list_rule_sets(*, actor: Actor, uow: UnitOfWork) -> Any:
    return rule_queries.rule_set_versions(uow=uow)


@api.command(
    "POST",
    "/rule-sets",
    takes=LoadRuleSetIn,
    gives=RuleChangeOut,
    status=201,
    summary="Load a version of a rule set as a draft (administrators of the network)",
    description="A broken text is refused with the line; nothing changes until it is applied.",
)
def load_rule_set(data: Any, *, actor: Actor, uow: UnitOfWork) -> Any:
    return rule_changes.load_rule_set(data["source"], data["reason"], actor=actor, uow=uow)


@api.command(
    "POST",
    "/rule-sets/<rule_set>/confirmations",
    takes=ConfirmRuleSetIn,
    gives=ConfirmationOut,
    status=201,
    summary="A lawyer confirms a version of a rule set (administrators of the network)",
    description="It ends when the network changes a rule of the set or a holiday.",
)
def confirm_rule_set(data: Any, rule_set: str, *, actor: Actor, uow: UnitOfWork) -> Any:
    cmd = confirmations.ConfirmRuleSet(rule_set=rule_set, **data)
    return confirmations.confirm_rule_set(cmd, actor=actor, uow=uow)


@api.command(
    "POST",
    "/rule-set-confirmations/<uuid:confirmation_id>/withdrawal",
    gives=ConfirmationOut,
    status=200,
    expects_version=True,
    summary="Take a lawyer's confirmation back",
)
def withdraw_rule_set_confirmation(
    confirmation_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    return confirmations.withdraw_confirmation(
        confirmation_id, version=version, actor=actor, uow=uow
    )


@api.query(
    "/rule-changes",
    gives=[RuleChangeOut],
    summary="What the network changed, or drafted (administrators of the network)",
)
def list_rule_changes(*, actor: Actor, uow: UnitOfWork) -> Any:
    return rule_queries.rule_changes(actor=actor, uow=uow)


@api.command(
    "POST",
    "/rule-changes",
    takes=ChangeRuleIn,
    gives=RuleChangeOut,
    status=201,
    summary="Draft: disable a rule, or give it another delay or end",
)
def change_rule(data: Any, *, actor: Actor, uow: UnitOfWork) -> Any:
    return rule_changes.change_rule(rule_changes.ChangeRule(**data), actor=actor, uow=uow)


@api.command(
    "POST",
    "/holidays",
    takes=ChangeHolidayIn,
    gives=RuleChangeOut,
    status=201,
    summary="Draft: add a legal holiday, or remove one",
)
def change_holiday(data: Any, *, actor: Actor, uow: UnitOfWork) -> Any:
    return rule_changes.change_holiday(rule_changes.ChangeHoliday(**data), actor=actor, uow=uow)


@api.command(
    "POST",
    "/rule-changes/<uuid:change_id>/withdrawal",
    gives=RuleChangeOut,
    status=200,
    expects_version=True,
    summary="Withdraw a draft",
)
def withdraw_rule_change(change_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> Any:
    return rule_changes.withdraw_draft(change_id, version=version, actor=actor, uow=uow)


@api.command(
    "POST",
    "/rule-changes/<uuid:change_id>/previews",
    takes=PreviewIn,
    gives=RecomputationOut,
    status=201,
    location="/recomputations/{id}",
    summary="Compare every running deadline with what it would be; the workers do",
)
def preview_rule_change(data: Any, change_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    retires = data.get("retires", False)
    return rule_changes.preview_change(change_id, retires=retires, actor=actor, uow=uow)


@api.query(
    "/recomputations/<uuid:recomputation_id>",
    gives=RecomputationOut,
    summary="How far a recomputation is, and how many dates it moves",
)
def get_recomputation(recomputation_id: UUID, *, actor: Actor, uow: UnitOfWork) -> Any:
    return rule_queries.recomputation(recomputation_id, actor=actor, uow=uow)


@api.command(
    "POST",
    "/recomputations/<uuid:recomputation_id>/application",
    gives=RecomputationOut,
    status=200,
    expects_version=True,
    summary="Apply what was previewed: it holds at once, running deadlines follow in batches",
)
def apply_recomputation(
    recomputation_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Any:
    return rule_changes.apply_preview(recomputation_id, version=version, actor=actor, uow=uow)


@api.query(
    "/recomputed-deadlines",
    gives=MovedDateOut,
    args=MovedArgs,
    paged=True,
    cursor=(str, UUID),
    summary="The dates that moved, or would move, in the cases I am responsible for",
)
def list_recomputed_deadlines(args: Any, *, actor: Actor, uow: UnitOfWork) -> Any:
    limit = args["limit"]
    found = rule_queries.moved_dates(
        args.get("recomputation_id"), after=args["cursor"], limit=limit + 1, actor=actor, uow=uow
    )
    return Page.cut(found, limit, lambda last: (last.case_code, last.id))
