"""The tasks that a procedure asks for, as data (rules/tasks.toml)."""

import tomllib
from collections.abc import Container
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from services.evictions.counting import rulefile
from services.evictions.counting.rulefile import RULES, Fields
from services.evictions.law.regimes import regimes

HEARING, EVICTION = "hearing", "eviction"
_FILE = RULES / "tasks.toml"
_NOWHERE: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskTemplate:
    """A task of a procedure, what brings it, and how its day is found.

    `opening` and `not_in` hold codes of regimes, `acts` kinds of acts. `serves` is HEARING,
    EVICTION, or what a rule computes; None where the task serves no day.
    """

    code: str
    opening: frozenset[str]
    acts: frozenset[str]
    not_in: frozenset[str]
    serves: str | None
    within_days: int | None
    working_days_before: int | None
    days_after: int | None
    each_hearing: bool

    def is_brought(self, regime: str, kinds: Container[str]) -> bool:
        """Whether the opening under this regime, or an act of one of these kinds, brings it."""
        by_act = any(kind in kinds for kind in self.acts)
        return regime not in self.not_in and (regime in self.opening or by_act)


@lru_cache(maxsize=1)
def task_templates() -> dict[str, Any]:
    """The parsed file: `term`, `missed_term` and `missed_instalment`, each with a code and days."""
    return tomllib.loads(rulefile.read_file(_FILE))


@lru_cache(maxsize=1)
def procedure_tasks() -> tuple[TaskTemplate, ...]:
    """The tasks of a procedure, in the order of the file."""
    return read_tasks(rulefile.read_file(_FILE), _FILE.name)


def read_tasks(source: str, name: str) -> tuple[TaskTemplate, ...]:
    """The tasks of a file; RuleFileError, which names the line, for a broken one."""
    return tuple(
        _task(each) for each in rulefile.read_fields(source, name).rows("task", key="code")
    )


def _task(fields: Fields) -> TaskTemplate:
    template = TaskTemplate(
        code=fields.take("code", rulefile.text),
        opening=fields.maybe("opening", _everywhere_or) or _NOWHERE,
        acts=fields.maybe("acts", _texts) or _NOWHERE,
        not_in=fields.maybe("not_in", _regimes) or _NOWHERE,
        serves=fields.maybe("serves", rulefile.text),
        within_days=fields.maybe("within_days", rulefile.whole),
        working_days_before=fields.maybe("working_days_before", rulefile.whole),
        days_after=fields.maybe("days_after", rulefile.whole),
        each_hearing=fields.maybe("each_hearing", rulefile.flag) or False,
    )
    fields.finish()
    if template.working_days_before is not None and template.serves is None:
        raise fields.fault("working_days_before needs the day that it serves")
    return template


def _texts(value: object) -> frozenset[str]:
    if not isinstance(value, list):
        raise ValueError("a list of texts is expected")
    return frozenset(rulefile.text(each) for each in value)


def _regimes(value: object) -> frozenset[str]:
    named = _texts(value)
    if not named <= regimes().keys():
        raise ValueError(f"a list of {', '.join(regimes())} is expected")
    return named


def _everywhere_or(value: object) -> frozenset[str]:
    return frozenset(regimes()) if value is True else _regimes(value)
