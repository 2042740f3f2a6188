"""The reviewed policy (`access_matrix.yaml`) spelled out: one lawful answer for each cell."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from services.shared.categories import NAMES

POLICY = Path(__file__).parent / "access_matrix.yaml"
ANSWERS = {"allowed", "forbidden", "hidden", "unauthenticated", "broken"}
# What stands for "in the team": which column applies depends on the category.
TEAM = ("stands_in", "team", "elsewhere")
# An adult of the household, in a session of their own.
AT_HOME = ("home", "next_door")
COLUMNS = ("leads", "open", "closed", "glass", "court", "outside")
IN_SESSION = ("facilitates", "invited", "outside")
CLOSED = "health"


@dataclass(frozen=True)
class Cell:
    """`texts`: what may be in the answer. `shows`: what must, if the answer is `allowed`."""

    operation: str
    actor: str
    consent: str
    relation: str
    answer: str
    texts: frozenset[str]
    shows: frozenset[str] | None
    past: int | None

    def __str__(self) -> str:
        return f"{self.operation} by {self.actor}, {self.consent}, {self.relation}"


@cache
def _read(text: str) -> Any:
    """Once a process, and by libyaml where there is one: in Python it takes seconds."""
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


class Policy:
    def __init__(self, text: str = POLICY.read_text(encoding="utf-8")) -> None:
        self.rules: dict[str, Any] = _read(text)
        self.operations: dict[str, dict[str, Any]] = self.rules["operations"]
        self.tables: dict[str, dict[str, Any]] = self.rules.get("tables", {})

    @cached_property
    def actors(self) -> list[str]:
        return list(self.rules["standing"])

    @cached_property
    def adults(self) -> list[str]:
        """Who is of the household itself: nobody of the network is ever taken for one."""
        return [each for each in self.actors if self.standing(each, "none") in AT_HOME]

    @cached_property
    def staff(self) -> list[str]:
        return [each for each in self.actors if each not in self.adults]

    @cached_property
    def consents(self) -> list[str]:
        return list(self.rules["consents"])

    def standing(self, actor: str, consent: str, relation: str = "this_case") -> str:
        found = str(self.rules["standing"][actor][self.consents.index(consent)])
        if relation == "another_case" and found not in (*AT_HOME, "nobody"):
            return "outside"
        return found

    def said_about(self, actor: str) -> list[str]:
        """The household says nothing about those who are it, and cannot about nobody."""
        return self.consents if self.standing(actor, "none") not in AT_HOME else ["none"]

    def roles(self, actor: str) -> set[str]:
        return set(self.rules["roles"].get(actor, ["worker"]))

    def texts(self, standing: str) -> frozenset[str]:
        """The kinds of text that may reach somebody of this standing."""
        return _spelled_out(self.rules["sees"][standing])

    def categories(self, standing: str) -> set[str]:
        return set(self.texts(standing) & NAMES.keys())

    def column(self, standing: str, category: str | None) -> str:
        if standing not in TEAM:
            return standing if standing in COLUMNS else "outside"
        is_open = category is None or category in self.texts(standing)
        return "open" if is_open else "closed"

    def cells(self, said: Mapping[str, Container[str]] | None = None) -> Iterator[Cell]:
        """All of them; or those of whom one of these things was said, by the actor."""
        heard = {
            actor: [each for each in self.said_about(actor) if said is None or each in said[actor]]
            for actor in self.actors
        }
        for name, rule in self.operations.items():
            for actor in self.actors:
                for consent in heard[actor]:
                    for relation in self._relations(rule):
                        yield self._cell(name, rule, actor, consent, relation)

    def _relations(self, rule: dict[str, Any]) -> list[str]:
        """Nothing in a question without an id says which case is meant."""
        if rule["group"] in self.rules["household_groups"]:
            return list(self.rules["household_groups"][rule["group"]])
        if rule["group"] in self.rules["session_groups"]:
            return [each for each in self.rules["relations"] if each != "closed_part"]
        if rule["group"] in self.rules["network_groups"] and "except" not in rule:
            return ["this_case"]
        return [
            each
            for each in self.rules["relations"]
            if each != "closed_part" or rule.get("category") == "tenancy"
        ]

    def _cell(
        self, name: str, rule: dict[str, Any], actor: str, consent: str, relation: str
    ) -> Cell:
        standing = self.standing(actor, consent, relation)
        category = CLOSED if relation == "closed_part" else rule.get("category")
        answer = self._answer(rule, actor, standing, category, (actor, consent, relation))
        # In a list of one's own the cases one has stand beside what was asked for.
        whole = self.texts(self.standing(actor, consent))
        return Cell(
            *(name, actor, consent, relation, answer),
            texts=whole | self._revealed(rule, actor),
            shows=self._shows(rule, actor, standing, category) if answer == "allowed" else None,
            past=rule.get("past"),
        )

    def _answer(
        self,
        rule: dict[str, Any],
        actor: str,
        standing: str,
        category: str | None,
        where: tuple[str, str, str],
    ) -> str:
        own = self.rules["household_groups"].get(rule["group"])
        if own is not None:
            entered = standing in AT_HOME or rule.get("public")
            return str(own[where[2]]) if entered else "unauthenticated"
        if standing in (*AT_HOME, "nobody"):
            return "unauthenticated"
        for pattern, answer in rule.get("except", {}).items():
            if all(fnmatch(*each) for each in zip(where, pattern.split("/"), strict=True)):
                return str(answer)
        if rule["group"] in self.rules["session_groups"]:
            place = self.rules["in_session"].get(where[0], "outside")
            place = "outside" if where[2] == "another_case" else place
            answers = self.rules["session_groups"][rule["group"]]
            return str(answers[IN_SESSION.index(place)])
        if rule["group"] in self.rules["network_groups"]:
            needed = self.rules["network_groups"][rule["group"]]
            return "allowed" if self._has(actor, needed) else "forbidden"
        answers = self.rules["groups"][rule["group"]]
        return str(answers[COLUMNS.index(self.column(standing, category))])

    def _has(self, actor: str, needed: Any) -> bool:
        held = self.roles(actor)
        return needed == "everybody" or any(
            set(each) <= held if isinstance(each, list) else each in held for each in needed
        )

    def _revealed(self, rule: dict[str, Any], actor: str) -> frozenset[str]:
        given = rule.get("reveals", {})
        names = self.roles(actor) | {actor}
        return _spelled_out([kind for name in names for kind in given.get(name, [])])

    def _shows(
        self, rule: dict[str, Any], actor: str, standing: str, category: str | None
    ) -> frozenset[str] | None:
        wanted = rule.get("shows")
        if wanted is None:
            return None
        if wanted == "part":
            wanted = [category]
        elif isinstance(wanted, dict):
            wanted = wanted.get(standing, [])
        return _spelled_out(wanted) & self.texts(standing)


def _spelled_out(kinds: list[str]) -> frozenset[str]:
    return frozenset({*kinds, *(NAMES if "every" in kinds else ())} - {"every"})
