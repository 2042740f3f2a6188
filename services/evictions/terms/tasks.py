"""The tasks that watch what a judgment orders, and what follows once it was not kept."""

from datetime import date, time

from services.cases.tasks.commands import AddTask
from services.evictions.law.calendar import belgium
from services.evictions.law.task_templates import task_templates
from services.evictions.terms.model import Term
from services.shared.categories import Category
from services.shared.clock import brussels


def term_task(term: Term, due_on: date) -> AddTask:
    """To see in time that what a judgment orders is kept; with a reminder if time allows."""
    row = task_templates()["term"]
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
    row = task_templates()["missed_instalment" if is_instalment else "missed_term"]
    return row["code"], row["within_days"]
