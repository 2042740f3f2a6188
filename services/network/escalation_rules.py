"""The steps by which an alert that nobody acknowledges climbs.

Until the network decides, the default holds: the substitute after four hours, the team lead four
hours later, coordinators the next day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Integer
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from services.network import policy
from services.shared.actor import Actor, RoleKind
from services.shared.alerts import RecipientRole
from services.shared.errors import RuleBroken, StaleVersion
from services.shared.tables import PLAIN, Base, Versioned
from services.shared.unit_of_work import UnitOfWork

ROLES = (RecipientRole.SUBSTITUTE, RecipientRole.TEAM_LEAD, RecipientRole.COORDINATOR)
LONGEST = timedelta(days=7)
_THE_ROW = 1


@dataclass(frozen=True, kw_only=True)
class Rung:
    """`wait`: how long whoever was told last has to acknowledge before this role is told."""

    role: RecipientRole
    wait: timedelta

    @property
    def wait_minutes(self) -> int:
        return int(self.wait.total_seconds()) // 60


DEFAULT = (
    Rung(role=RecipientRole.SUBSTITUTE, wait=timedelta(hours=4)),
    Rung(role=RecipientRole.TEAM_LEAD, wait=timedelta(hours=4)),
    Rung(role=RecipientRole.COORDINATOR, wait=timedelta(hours=16)),
)


class EscalationRules(Versioned, Base):
    """One row at most; none means the default."""

    __tablename__ = "escalation_rules"
    __table_args__ = (CheckConstraint("key = 1", name="one_row"),)

    key: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    # [[role, minutes], …] in order.
    steps: Mapped[dict[str, Any]] = mapped_column(info=PLAIN)
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("professionals.id"))


@dataclass(frozen=True)
class RulesView:
    """Version 0: nobody decided yet."""

    steps: tuple[Rung, ...]
    changed_at: datetime | None
    changed_by: UUID | None
    version: int


def rules(*, uow: UnitOfWork) -> RulesView:
    row = uow.session.get(EscalationRules, _THE_ROW)
    if row is None:
        return RulesView(DEFAULT, None, None, 0)
    steps = tuple(
        Rung(role=RecipientRole(role), wait=timedelta(minutes=minutes))
        for role, minutes in row.steps["steps"]
    )
    return RulesView(steps, row.changed_at, row.changed_by, row.version)


def change_rules(
    steps: Sequence[Rung], *, version: int, actor: Actor, uow: UnitOfWork
) -> RulesView:
    """The new rules hold at commit, for the next step of what climbs already too."""
    policy.require_role(actor, RoleKind.ADMINISTRATOR)
    _require_ladder(steps)
    before = rules(uow=uow)
    if before.version != version:
        raise StaleVersion
    row = uow.session.get(EscalationRules, _THE_ROW)
    if row is None:
        row = EscalationRules(key=_THE_ROW)
        uow.session.add(row)
    row.steps = {"steps": _plain(steps)}
    row.changed_at, row.changed_by = uow.now(), actor.id
    try:
        uow.session.flush()
    except IntegrityError as raced:
        raise StaleVersion from raced
    uow.record(
        "change_escalation",
        row,
        actor=actor,
        case_id=None,
        before={"steps": _plain(before.steps), "version": version},
        after={"steps": _plain(steps), "version": row.version},
    )
    return rules(uow=uow)


def _plain(steps: Sequence[Rung]) -> list[list[Any]]:
    return [[step.role.value, step.wait_minutes] for step in steps]


def _require_ladder(steps: Sequence[Rung]) -> None:
    """A person at the end, nobody twice: whatever is set, what is unanswered reaches somebody."""
    roles = [step.role for step in steps]
    if len(set(roles)) != len(roles) or roles[-1:] != [RecipientRole.COORDINATOR]:
        raise RuleBroken("escalation-without-end")
