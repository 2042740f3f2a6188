"""The tasks a new procedure asks for, from a template file. Their titles are `task.<code>`."""

import tomllib
from datetime import date, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from services.cases.commands import AddTask
from services.evictions.calendar import belgium
from services.evictions.rulefile import RULES
from services.evictions.term_model import Term
from services.shared.categories import Category
from services.shared.clock import brussels


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    return tomllib.loads((RULES / "tasks.toml").read_text())


def opening_tasks(case_id: UUID, *, today: date) -> list[AddTask]:
    """One task a row of the template, for whoever is the reference worker."""
    return [
        AddTask(
            case_id=case_id,
            category=Category.PROCEDURE,
            template=row["code"],
            due_on=today + timedelta(days=row["within_days"]),
        )
        for row in _file()["task"]
    ]


def term_task(term: Term, due_on: date) -> AddTask:
    """To see in time that what a judgment orders is kept; with a reminder if time allows."""
    row = _file()["term"]
    day = belgium().working_days_before(due_on, row["remind_working_days_before"])
    remind_at = brussels(day, time(9, 0))
    return AddTask(
        case_id=term.case_id,
        category=Category(term.category),
        template=row["code"],
        due_on=due_on,
        remind_at=remind_at if remind_at > term.recorded_at else None,
    )


def missed_task(is_instalment: bool) -> tuple[str, int]:
    """Its code and within how many days, once something was not kept."""
    row = _file()["missed_instalment" if is_instalment else "missed_term"]
    return row["code"], row["within_days"]
