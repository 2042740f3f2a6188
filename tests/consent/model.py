"""The access rule of the design (§4) once more, in plain Python, one instant at a time.

It shares nothing with `services/consent/access.sql`: no masks over stretches of time, no sweep over
edges. Whoever changes one of the two must change the other, or the tests say where they differ.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

EVERYTHING = 0b11_1111_1111
IDENTITY, PROCEDURE, VIOLENCE = 1, 4, 128
# The ground that the read log names, the strongest first.
GROUNDS = ("reference", "break_glass", "participation", "substitute", "liaison")


@dataclass
class Someone:
    """A professional: where they work and what they are in the network."""

    id: UUID
    organisation: UUID
    roles: frozenset[str] = frozenset()
    cantons: frozenset[str] = frozenset()
    active: bool = True

    @property
    def is_liaison(self) -> bool:
        return "liaison" in self.roles


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


@dataclass
class Period:
    """Somebody's own hour in an emergency, or their days in place of `instead_of`."""

    who: UUID
    since: datetime
    until: datetime
    instead_of: UUID | None = None

    def stands(self, at: datetime) -> bool:
        return self.since <= at < self.until


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
    # Oppositions to telling a public welfare centre that stand: each with its procedure.
    opposed: dict[UUID, UUID] = field(default_factory=dict)
    # Exclusion -> the person or the organisation whom the household refuses.
    refused: dict[UUID, UUID] = field(default_factory=dict)
    emergencies: dict[UUID, Period] = field(default_factory=dict)

    def refuses(self, someone: Someone) -> bool:
        return bool({someone.id, someone.organisation} & set(self.refused.values()))


@dataclass
class World:
    people: dict[UUID, Someone] = field(default_factory=dict)
    # Of the version in force only: a new version asks every organisation again.
    signed_at: dict[UUID, datetime] = field(default_factory=dict)
    dossiers: dict[UUID, Dossier] = field(default_factory=dict)
    absences: dict[UUID, Period] = field(default_factory=dict)
    # Houses that are public welfare centres.
    centres: set[UUID] = field(default_factory=set)

    def may_see(self, who: UUID, case: UUID, at: datetime) -> int:
        """Every category that `who` may read of a case at an instant."""
        return union(self.grounds(who, case, at))

    def grounds(self, who: UUID, case: UUID, at: datetime) -> dict[str, int]:
        """What each ground opens; one that opens nothing is not there."""
        dossier = self.dossiers[case]
        leads = dossier.lead == who and dossier.lead_since <= at
        opened = {
            "reference": EVERYTHING if leads else 0,
            "break_glass": self.in_emergency(who, case, at) & self._not_opposed(who, case),
            "participation": self.as_participant(who, case, at) & self._not_opposed(who, case),
            "substitute": self.as_substitute(who, case, at),
            "liaison": self.as_liaison(who, case, at),
        }
        return {ground: mask for ground, mask in opened.items() if mask}

    def as_participant(self, who: UUID, case: UUID, at: datetime) -> int:
        dossier, opened = self.dossiers[case], 0
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
        opened &= self._not_opposed(who, case)
        return opened if opened & PROCEDURE else 0

    def as_substitute(self, who: UUID, case: UUID, at: datetime) -> int:
        """All that a colleague of the same house answers for, but what is forbidden by name."""
        someone, dossier = self.people[who], self.dossiers[case]
        stands_in = dossier.lead_since <= at and any(
            each.who == who and each.instead_of == dossier.lead and each.stands(at)
            for each in self.absences.values()
        )
        same_house = someone.organisation == self.people[dossier.lead].organisation
        if not (stands_in and same_house and someone.active) or dossier.refuses(someone):
            return 0
        heard = list(self._heard(dossier, someone, "substitute", at))
        return _those(lambda bit: all(each.allows for each in heard if each.categories & bit))

    def in_emergency(self, who: UUID, case: UUID, at: datetime) -> int:
        """The hour belongs to active workers of a house that signed, neither judge nor court's."""
        someone, dossier = self.people[who], self.dossiers[case]
        mine = (each for each in dossier.emergencies.values() if each.who == who)
        may = "worker" in someone.roles and not someone.roles & {"coordinator", "liaison"}
        may = may and someone.active and someone.organisation in self.signed_at
        open_now = may and not dossier.refuses(someone) and any(each.stands(at) for each in mine)
        return EVERYTHING if open_now else 0

    def unseals(self, who: UUID, case: UUID, at: datetime) -> bool:
        """What is sealed: the reference worker's, and whom the household names for violence."""
        dossier, grounds = self.dossiers[case], self.grounds(who, case, at)
        named = any(
            each.allows and (each.kind, each.recipient) == ("person", who)
            for given in dossier.consents.values()
            if given.counts(at)
            for each in given.says
            if each.categories & VIOLENCE
        )
        return "reference" in grounds or bool(named and grounds.get("participation", 0) & VIOLENCE)

    def _not_opposed(self, who: UUID, case: UUID) -> int:
        """All but the procedure at a public welfare centre that the tenant does not want told."""
        told = not self.dossiers[case].opposed
        told = told or self.people[who].organisation not in self.centres
        return EVERYTHING if told else EVERYTHING & ~PROCEDURE

    def _shared(self, dossier: Dossier, who: UUID, role: str, at: datetime) -> int:
        someone = self.people[who]
        signed = self.signed_at.get(someone.organisation)
        if not someone.active or signed is None or at < signed or dossier.refuses(someone):
            return 0
        heard = list(self._heard(dossier, someone, role, at))
        return _those(lambda b: {each.allows for each in heard if each.categories & b} == {True})

    def _heard(self, of: Dossier, someone: Someone, role: str, at: datetime) -> Iterator[Says]:
        me = {("person", someone.id), ("organisation", someone.organisation), ("role", role)}
        for given in of.consents.values():
            if given.counts(at):
                yield from (each for each in given.says if (each.kind, each.recipient) in me)


def _those(is_open) -> int:
    return sum(1 << bit for bit in range(10) if is_open(1 << bit))


def union(grounds: dict[str, int], *without: str) -> int:
    opened = 0
    for ground, mask in grounds.items():
        opened |= 0 if ground in without else mask
    return opened
