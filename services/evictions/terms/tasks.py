"""The tasks that watch what a judgment orders, and what follows once it was not kept."""

from datetime import date

from services.cases.tasks.commands import AddTask
from services.evictions.counting.calendar import belgium
from services.evictions.law.task_templates import task_templates
from services.evictions.terms.model import Term
from services.shared import ladder
from services.shared.categories import Category


def term_task(term: Term, due_on: date) -> AddTask:
    """The task to see in time that a term is kept; recorded late, it reminds at once."""
    row = task_templates()["term"]
    day = belgium().working_days_before(due_on, row["remind_working_days_before"])
    return AddTask(
        case_id=term.case_id,
        category=Category(term.category),
        template=row["code"],
        due_on=due_on,
        remind_at=max(ladder.morning(day), term.recorded_at),
    )


def missed_task(is_instalment: bool) -> tuple[str, int]:
    """Code of the task after a missed term or instalment, and within how many days it is due."""
    row = task_templates()["missed_instalment" if is_instalment else "missed_term"]
    return row["code"], row["within_days"]
