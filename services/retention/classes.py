"""The classes of retention, read from `classes.toml`: data, with its sources."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path


class By(StrEnum):
    ERASURE = "erasure"
    ROWS = "rows"
    CHORE = "chore"
    KEPT = "kept"


@dataclass(frozen=True)
class RetentionClass:
    name: str
    tables: tuple[str, ...]
    days: int
    starts: str
    by: By
    source: str
    certainty: str

    @property
    def period(self) -> timedelta:
        return timedelta(days=self.days)


def read(path: Path) -> dict[str, RetentionClass]:
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        name: RetentionClass(
            name=name, **row | {"tables": tuple(row["tables"]), "by": By(row["by"])}
        )
        for name, row in found.items()
    }


CASE = "case"
CLASSES: Mapping[str, RetentionClass] = read(Path(__file__).with_name("classes.toml"))
