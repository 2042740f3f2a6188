"""The tasks that a procedure asks for, as data (rules/tasks.toml)."""

import tomllib
from functools import lru_cache
from typing import Any

from services.evictions.law.rulefile import RULES


@lru_cache(maxsize=1)
def task_templates() -> dict[str, Any]:
    """The parsed file: `task` (a list, for a new procedure), `term`, `missed_term` and
    `missed_instalment`; each with a code and days. The catalogues say `task.<code>`.
    """
    return tomllib.loads((RULES / "tasks.toml").read_text(encoding="utf-8"))
