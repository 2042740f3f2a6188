"""The access rule of the design (§4) once more, in plain Python, one instant at a time.

It shares nothing with `services/consent/access.sql`: no masks over stretches of time, no sweep over
edges. Whoever changes one of the two must change the other, or the tests say where they differ.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

EVERYTHING = 0b11_1111_1111
IDENTITY, PROCEDURE = 1, 4


@dataclass
class Someone:
    """A professional: where they work and what they are in the network."""

    id: UUID
    organisation: UUID
    is_liaison: bool = False
    cantons: frozenset[str] = frozenset()
    active: bool = True


@dataclass
class Place:
    """A participation. It counts once `accepted_at` is set and while it is not `over`."""

    who: UUID
    role: str
    accepted_at: datetime | None = None
    ends_at: datetime | None = None
    over: bool = False

    def stands(self, at: datetime) -> bool:
        began = self.accepted_at is not None and self.accepted_at <= at
        return began and not self.over and (self.ends_at is None or at < self.ends_at)


@dataclass(frozen=True)
class Says:
    """A provision: `allows` or forbids these categories to this person, organisation or role."""

    allows: bool
    kind: str
    recipient: UUID | str
    categories: int


@dataclass
class Given:
    """A consent in [since, until) unless it was taken back."""

    since: datetime
    until: datetime
    says: tuple[Says, ...]
    taken_back: bool = False

    def counts(self, at: datetime) -> bool:
        return not self.taken_back and self.since <= at < self.until


@dataclass
class Dossier:
    lead: UUID
    lead_since: datetime
    places: dict[UUID, Place] = field(default_factory=dict)
    consents: dict[UUID, Given] = field(default_factory=dict)
    cantons: set[str] = field(default_factory=set)
    # Exclusion -> the person or the organisation whom the household refuses.
    refused: dict[UUID, UUID] = field(default_factory=dict)

    def refuses(self, someone: Someone) -> bool:
        return bool({someone.id, someone.organisation} & set(self.refused.values()))


@dataclass
class World:
    people: dict[UUID, Someone] = field(default_factory=dict)
    # Of the version in force only: a new version asks every organisation again.
    signed_at: dict[UUID, datetime] = field(default_factory=dict)
    dossiers: dict[UUID, Dossier] = field(default_factory=dict)

    def may_see(self, who: UUID, case: UUID, at: datetime) -> int:
        """Every category that `who` may read of a case at an instant."""
        dossier = self.dossiers[case]
        if dossier.lead == who and dossier.lead_since <= at:
            return EVERYTHING
        return self.as_participant(who, case, at) | self.as_liaison(who, case, at)

    def as_participant(self, who: UUID, case: UUID, at: datetime) -> int:
        dossier = self.dossiers[case]
        opened = 0
        for place in dossier.places.values():
            if place.who == who and place.stands(at):
                opened |= self._shared(dossier, who, place.role, at)
        return opened

    def as_liaison(self, who: UUID, case: UUID, at: datetime) -> int:
        """Procedural facts in their cantons, names where the household gave them, no more."""
        someone, dossier = self.people[who], self.dossiers[case]
        if not someone.is_liaison or not someone.cantons & dossier.cantons:
            return 0
        opened = self._shared(dossier, who, "liaison", at) & (IDENTITY | PROCEDURE)
        return opened if opened & PROCEDURE else 0

    def _shared(self, dossier: Dossier, who: UUID, role: str, at: datetime) -> int:
        someone = self.people[who]
        signed = self.signed_at.get(someone.organisation)
        if not someone.active or signed is None or at < signed or dossier.refuses(someone):
            return 0
        named = {("person", who), ("organisation", someone.organisation), ("role", role)}
        heard = [
            each
            for given in dossier.consents.values()
            if given.counts(at)
            for each in given.says
            if (each.kind, each.recipient) in named
        ]
        return sum(1 << bit for bit in range(10) if _open(heard, 1 << bit))


def _open(heard: list[Says], category: int) -> bool:
    """Somebody said yes and nobody said no."""
    answers = {each.allows for each in heard if each.categories & category}
    return answers == {True}
