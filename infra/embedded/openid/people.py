"""The demo people who may log in: written by the demo seeding, read by the demo provider."""

import json
from dataclasses import dataclass
from pathlib import Path


class PeopleUnreadable(Exception):
    """DATA/openid/people.json is not what the demo seeding writes."""


@dataclass(frozen=True)
class Person:
    subject: str
    name: str
    email: str
    role: str = ""

    def get_user_id(self) -> str:
        """Authlib's name for the subject of a token."""
        return self.subject


def people_file(data_dir: Path) -> Path:
    return data_dir / "openid" / "people.json"


def read_people(data_dir: Path) -> list[Person]:
    path = people_file(data_dir)
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return [
            Person(row["subject"], row["name"], row["email"], row.get("role", "")) for row in rows
        ]
    except FileNotFoundError:
        return []
    except (ValueError, KeyError, TypeError) as error:
        raise PeopleUnreadable(
            f"{path} cannot be read: delete it and run maillage demo."
        ) from error


def find_person(data_dir: Path, *, email: str) -> Person | None:
    wanted = email.strip().casefold()
    return next((p for p in read_people(data_dir) if p.email.casefold() == wanted), None)
