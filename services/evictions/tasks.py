"""The tasks a new procedure asks for, from a template file, in the reader's language."""

import tomllib
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from services.cases.commands import AddTask
from services.evictions.rulefile import RULES
from services.shared.categories import Category


@lru_cache(maxsize=1)
def _template() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads((RULES / "tasks.toml").read_text())["task"]
    return rows


def opening_tasks(case_id: UUID, *, today: date, language: str) -> list[AddTask]:
    """One task a row of the template, for whoever is the reference worker."""
    return [
        AddTask(
            case_id=case_id,
            category=Category.PROCEDURE,
            title=row[language],
            template=row["code"],
            due_on=today + timedelta(days=row["within_days"]),
        )
        for row in _template()
    ]
