"""One random step of a history: small numbers pick the action and, among what exists, its object.

A new kind of step: a method of `Story` that does it and tells the model, one of `Turn` that
chooses, and the name of that in `ACTIONS`.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.shared.errors import DomainError
from tests.consent.model import Says, World
from tests.consent.story import Story

ROLES = ("generalist", "specialist", "lawyer", "connector", "liaison", "substitute")
CANTONS = ("Schaerbeek 1", "Ixelles", "Uccle")
SIGNATORIES = ("coordinator", "rw1", "rw2", "specialist", "liaison")
NUMBERS = 41
TICK = timedelta(microseconds=1)


def edges(world: World, case: UUID, *, after: datetime | None = None) -> Iterator[datetime]:
    """Every instant at which something of a case begins or ends, in order."""
    dossier = world.dossiers[case]
    found = {dossier.lead_since, *world.signed_at.values()}
    for place in dossier.places.values():
        found |= {place.accepted_at, place.ends_at} - {None}
    for each in (
        *dossier.consents.values(),
        *dossier.emergencies.values(),
        *(a for a in world.absences.values() if a.instead_of == dossier.lead),
    ):
        found |= {each.since, each.until}
    yield from sorted(at for at in found if after is None or at > after)


class Turn:
    """One random step: small numbers pick the action and, among what exists, what it acts on."""

    def __init__(self, story: Story, superuser: Any, numbers: tuple[int, ...]) -> None:
        self.story, self.superuser = story, superuser
        _, self.a, self.b, self.c, self.d = numbers
        self.action = ACTIONS[numbers[0] % len(ACTIONS)]
        self.case = self._one(self.a, story.world.dossiers)
        self.file = story.world.dossiers[self.case]
        self.person = self._one(self.b, story.world.people)

    def take(self) -> None:
        getattr(self, self.action)()

    @staticmethod
    def _one(number: int, things: Any) -> Any:
        found = list(things)
        if not found:
            raise DomainError("nothing-there")
        return found[number % len(found)]

    def _later(self, number: int) -> datetime:
        return self.story.now + timedelta(hours=12 * (1 + number))

    def invite(self) -> None:
        ends_at = self._later(self.d) if self.d % 3 == 0 else None
        self.story.invite(self.case, self.person, ROLES[self.c % 4], ends_at=ends_at)

    def join(self) -> None:
        ends_at = self._later(self.d) if self.d % 3 == 0 else None
        self.story.join(self.case, self.person, ROLES[self.c % 4], ends_at=ends_at)

    def answer(self) -> None:
        waiting = [k for k, p in self.file.places.items() if not p.over and not p.accepted_at]
        self.story.answer(self.case, self._one(self.b, waiting), accept=self.d % 4 != 0)

    def leave(self) -> None:
        # The former reference worker's own place has no key that we know.
        there = [k for k, p in self.file.places.items() if not p.over and k.int > 2**32]
        place = self._one(self.b, there)
        own = self.file.places[place].who
        self.story.leave(self.case, place, by=own if self.d % 2 else self.file.lead)

    def give(self) -> None:
        categories = ((self.c * 37 + self.d * 101 + 5) % 1023) + 1
        first = self._says(self.b, self.d % 4 != 0, categories)
        second = self._says(self.b // 3, self.c % 3 != 0, 1023 ^ (1 << self.d % 10))
        self.story.consent(self.case, first, second, until=self._later(self.a + self.c))

    def _says(self, number: int, allows: bool, categories: int) -> Says:
        kind = ("role", "organisation", "person", "role")[number % 4]
        someone = self.story.world.people[self._one(number // 4, self.story.world.people)]
        recipients: dict[str, UUID | str] = {
            "person": someone.id,
            "organisation": someone.organisation,
            "role": ROLES[number // 4 % len(ROLES)],
        }
        return Says(allows, kind, recipients[kind], categories)

    def take_back(self) -> None:
        standing = [k for k, g in self.file.consents.items() if not g.taken_back]
        self.story.withdraw(self.case, self._one(self.b, standing))

    def renew(self) -> None:
        standing = [k for k, g in self.file.consents.items() if g.counts(self.story.now)]
        self.story.renew(self.case, self._one(self.b, standing), until=self._later(self.c))

    def exclude(self) -> None:
        someone = self.story.world.people[self.person]
        self.story.exclude(self.case, someone.id if self.d % 2 else someone.organisation)

    def lift(self) -> None:
        self.story.lift(self.case, self._one(self.b, self.file.refused))

    def open_procedure(self) -> None:
        self.story.procedure(self.case, CANTONS[self.b % len(CANTONS)])

    def oppose(self) -> None:
        query = "SELECT id FROM procedures WHERE case_id = %s ORDER BY opened_at, id"
        there = [key for (key,) in self.superuser.execute(query, (self.case,))]
        self.story.oppose(self.case, self._one(self.b, there))

    def unoppose(self) -> None:
        self.story.unoppose(self.case, self._one(self.b, self.file.opposed))

    def propose(self) -> None:
        self.story.propose(self.case, self.person, stays=self.d % 2 == 0)

    def hand_over(self) -> None:
        if not self.story.handovers:
            self.propose()
        handover = self._one(self.b, self.story.handovers)
        self.story.take_over(handover, accept=self.d % 4 != 0)

    def publish(self) -> None:
        self.story.publish(self.story.cast.actors["coordinator"].id)

    def sign(self) -> None:
        self.story.sign(self.story.cast.actors[SIGNATORIES[self.b % len(SIGNATORIES)]].id)

    def change_network(self) -> None:
        """As an administrator might one day: a role, a canton or the organisation."""
        someone = self.story.world.people[self.person]
        change = self.c % 4
        if change == 0:
            self._toggle("professional_roles", "role", "liaison", someone.is_liaison)
            someone.roles = someone.roles ^ {"liaison"}
        elif change == 1:
            role = ("coordinator", "worker")[self.d % 2]
            self._toggle("professional_roles", "role", role, role in someone.roles)
            someone.roles = someone.roles ^ {role}
        elif change == 2:
            canton = CANTONS[self.d % len(CANTONS)]
            self._toggle("professional_cantons", "canton", canton, canton in someone.cantons)
            someone.cantons = someone.cantons ^ {canton}
        else:
            other = self.story.world.people[self._one(self.d, self.story.world.people)]
            someone.organisation = other.organisation
            self._by_hand(
                "UPDATE professionals SET organisation_id = %s WHERE id = %s",
                other.organisation,
                someone.id,
            )

    def _toggle(self, table: str, column: str, value: str, has: bool) -> None:
        take = f"DELETE FROM {table} WHERE professional_id = %s AND {column} = %s"
        add = f"INSERT INTO {table} (professional_id, {column}) VALUES (%s, %s)"
        self._by_hand(take if has else add, self.person, value)

    def _by_hand(self, query: str, *values: Any) -> None:
        """No command leads there: as the superuser, at the instant of the story."""
        now = self.story.now.isoformat()
        self.superuser.execute("SELECT set_config('app.now', %s, false)", (now,))
        self.superuser.execute(query, values)

    def close_account(self) -> None:
        coordinator = self.story.cast.actors["coordinator"].id
        self.story.close_account(self.person, by=coordinator)

    def change_activity(self) -> None:
        """Back after a departure; or gone while they answer for a case, which no command allows."""
        someone = self.story.world.people[self.person]
        query = "UPDATE professionals SET active = NOT active WHERE id = %s"
        self._by_hand(query, someone.id)
        if someone.active:
            self.story.has_left(someone.id)
        else:
            someone.active = True

    def member_leaves(self) -> None:
        query = "SELECT id FROM members WHERE case_id = %s AND left_on IS NULL"
        there = [key for (key,) in self.superuser.execute(query, (self.case,))]
        self.story.member_leaves(self.case, self._one(self.b, there))

    def break_glass(self) -> None:
        self.story.break_glass(self.case, self.person)

    def review(self) -> None:
        opening = self._one(self.b, self.file.emergencies)
        self.story.review(opening, by=self.story.cast.actors["coordinator"].id)

    def be_away(self) -> None:
        """Often the reference worker of the case; from today, tomorrow or yesterday on."""
        people = self.story.world.people
        away = self.file.lead if self.c % 4 else self.person
        house = people[away].organisation
        near = [p.id for p in people.values() if p.organisation == house and p.id != away]
        first = self.story.now.date() + timedelta(days=self.d % 3 - 1)
        self.story.be_away(
            away,
            self._one(self.b, near),
            first_day=first,
            last_day=first + timedelta(days=self.a % 5),
        )

    def come_back(self) -> None:
        self.story.come_back(self._one(self.b, self.story.world.absences))

    def wait(self) -> None:
        self.story.cast.clock.advance(hours=1 + 9 * self.b)

    def wait_a_little(self) -> None:
        """To the last instant of something, or just past it."""
        edge = next(iter(edges(self.story.world, self.case, after=self.story.now)), None)
        if edge is not None:
            self.story.cast.clock.set(edge - TICK if self.d % 2 else edge)


# What opens something comes up more often than what closes everything.
ACTIONS = (
    *("join", "give", "wait", "give", "join", "open_procedure", "sign", "invite", "answer"),
    *("change_network", "change_network", "change_activity", "close_account", "leave"),
    *("take_back", "propose", "hand_over", "hand_over", "sign", "give", "publish", "sign"),
    *("exclude", "lift", "lift", "renew", "break_glass", "break_glass", "break_glass", "review"),
    *("review", "be_away", "be_away", "come_back", "member_leaves", "wait_a_little"),
    *("wait_a_little", "sign", "join", "change_activity", "oppose", "oppose", "unoppose"),
)
