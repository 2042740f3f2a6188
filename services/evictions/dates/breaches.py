"""What breaks a rule that protects the household is told to the team in the same commit, as legal.

An eviction too early, in the winter or on a Sunday, a bailiff who announced it too late, a claim
or a hearing before its first lawful day; an eviction without an enforceable title (CBL art. 233/1).
"""

from collections.abc import Sequence
from typing import Any

from services.evictions.dates.model import Act
from services.evictions.law.acts import ActKind
from services.shared import alerts
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.unit_of_work import UnitOfWork

AGAINST_LAW = "evictions.act_against_law"
UNLAWFUL = "evictions.unlawful_eviction"


def breaches(warnings: Sequence[dict[str, Any]]) -> set[tuple[str, str]]:
    """Which of the warnings of an act say that it breaks what protects the household."""
    return {(each["code"], each.get("rule_id", "")) for each in warnings if each.get("breach")}


def alarm(acts: Sequence[Act], *, uow: UnitOfWork) -> None:
    """Tell at once what each of these acts breaks now, and no longer what it broke before."""
    alerts.cancel_all([act.id for act in acts if act.alarms > 1], uow=uow)
    told = [
        NewAlert(
            kind=UNLAWFUL if act.kind == ActKind.UNLAWFUL_EVICTION else AGAINST_LAW,
            case_id=act.case_id,
            object_id=act.id,
            object_version=act.alarms,
            due_at=uow.now(),
            recipient_role=RecipientRole.REFERENCE_WORKER,
        )
        for act in acts
        if breaches(act.warnings)
    ]
    if told:
        alerts.plan(told, uow=uow)
