"""The SQL rule against the model of `tests.consent.model`, under random histories of two cases."""

import tomllib
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from infra.demo.cast import Cast, gather
from services.network import commands as network
from services.shared.actor import RoleKind
from services.shared.errors import DomainError
from tests.consent.model import Says
from tests.consent.story import Story
from tests.network import NETWORK

HISTORIES, STEPS = 60, 25
START = datetime(2026, 2, 18, 9, tzinfo=UTC)
ROLES = ("generalist", "specialist", "lawyer", "connector", "liaison")
CANTONS = ("Schaerbeek 1", "Ixelles", "Uccle")
SEE = text("SELECT case_id, mask FROM may_see")
SET_NOW = text("SELECT set_config('app.now', :at, true)")
# Also later and earlier than now: a grant must be right at every instant it speaks of.
PROBES = (timedelta(0), timedelta(days=2), timedelta(days=-1), timedelta(days=9))
DRIFT = """
    (TABLE access_grants EXCEPT SELECT c.id, r.* FROM cases c, access_rule(c.id) r)
    UNION ALL
    (SELECT c.id, r.* FROM cases c, access_rule(c.id) r EXCEPT TABLE access_grants)
"""
CHANGED = (
    "access_grants, exclusions, reference_assignments, participations, handovers, consents,"
    " provisions, procedures, tasks, households, cases, protocols, protocol_signatures,"
    " outbox_events, audit_entries"
)


@pytest.fixture
def cast(superuser, owner_database, database, clock) -> Cast:
    people = tomllib.loads(NETWORK.read_text(encoding="utf-8"))
    return gather(people, owner=owner_database, api=database, clock=clock, issuer="https://i")


def begin(cast: Cast, superuser: Any) -> Story:
    """The same people, one signed protocol, two empty cases."""
    cast.clock.set(START)
    superuser.execute(f"TRUNCATE {CHANGED} CASCADE")
    as_before(cast, superuser)
    with cast.acts("coordinator") as (actor, uow):
        cmd = network.PublishProtocol(title="One", body="Sign.")
        protocol = network.publish_protocol(cmd, actor=actor, uow=uow).id
    for who in SIGNATORIES:
        with cast.acts(who) as (actor, uow):
            network.sign_protocol(protocol, actor=actor, uow=uow)
    story = Story.of(cast, protocol)
    for who in ("rw1", "rw2"):
        story.open(cast.actors[who].id)
    return story


def as_before(cast: Cast, superuser: Any) -> None:
    """The network as it was gathered, whatever the history before made of it."""
    superuser.execute("SET session_replication_role = origin")
    superuser.execute("DELETE FROM professional_cantons")
    superuser.execute("DELETE FROM professional_roles WHERE role = 'liaison'")
    for actor in cast.actors.values():
        query = "UPDATE professionals SET active = true, organisation_id = %s WHERE id = %s"
        superuser.execute(query, (actor.organisation_id, actor.id))
        if actor.has(RoleKind.LIAISON):
            superuser.execute("INSERT INTO professional_roles VALUES (%s, 'liaison')", (actor.id,))
        for canton in actor.cantons:
            superuser.execute(
                "INSERT INTO professional_cantons VALUES (%s, %s)", (actor.id, canton)
            )


SIGNATORIES = ("coordinator", "rw1", "rw2", "specialist", "liaison")


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
        """As an administrator might one day: activity, liaison, canton or organisation."""
        someone = self.story.world.people[self.person]
        change, run = self.c % 4, self.superuser.execute
        if change == 0:
            someone.active = not someone.active
            run("UPDATE professionals SET active = NOT active WHERE id = %s", (someone.id,))
        elif change == 1:
            someone.is_liaison = not someone.is_liaison
            add = "INSERT INTO professional_roles VALUES (%s, 'liaison')"
            take = "DELETE FROM professional_roles WHERE professional_id = %s AND role = 'liaison'"
            run(add if someone.is_liaison else take, (someone.id,))
        elif change == 2:
            canton = CANTONS[self.d % len(CANTONS)]
            has = canton in someone.cantons
            someone.cantons = someone.cantons ^ {canton}
            add = "INSERT INTO professional_cantons VALUES (%s, %s)"
            take = "DELETE FROM professional_cantons WHERE professional_id = %s AND canton = %s"
            run(take if has else add, (someone.id, canton))
        else:
            other = self.story.world.people[self._one(self.d, self.story.world.people)]
            someone.organisation = other.organisation
            values = (other.organisation, someone.id)
            run("UPDATE professionals SET organisation_id = %s WHERE id = %s", values)

    def wait(self) -> None:
        self.story.cast.clock.advance(hours=1 + 9 * self.b)


# What opens something comes up more often than what closes everything.
ACTIONS = (
    *("join", "give", "wait", "give", "join", "open_procedure", "sign", "invite", "answer"),
    *(
        "change_network",
        "change_network",
        "leave",
        "take_back",
        "propose",
        "hand_over",
        "hand_over",
        "sign",
        "give",
        "publish",
        "exclude",
        "lift",
        "lift",
        "renew",
    ),
)
NUMBER = st.integers(min_value=0, max_value=40)
HISTORY = st.lists(
    st.tuples(st.integers(0, len(ACTIONS) - 1), NUMBER, NUMBER, NUMBER, NUMBER),
    min_size=STEPS,
    max_size=STEPS,
)


def compare(story: Story, superuser: Any) -> tuple[int, int]:
    """Cells compared, and how many of them were open."""
    cells = opened = 0
    cases = list(story.world.dossiers)
    for actor in story.cast.actors.values():
        with story.cast.api.transaction(clock=story.cast.clock, actor=actor) as uow:
            for ahead in PROBES:
                at = story.now + ahead
                uow.session.execute(SET_NOW, {"at": at.isoformat()})
                seen = {row.case_id: row.mask for row in uow.session.execute(SEE)}
                wanted = {case: story.world.may_see(actor.id, case, at) for case in cases}
                assert seen == {case: mask for case, mask in wanted.items() if mask}, actor
                cells += 10 * len(wanted)
                opened += sum(mask.bit_count() for mask in wanted.values())
    assert superuser.execute(DRIFT).fetchall() == []
    return cells, opened


def test_the_rule_in_sql_says_what_the_model_says(cast, superuser, record_testsuite_property):
    figures: Counter[str] = Counter()

    @settings(
        max_examples=HISTORIES,
        derandomize=True,
        database=None,
        deadline=None,
        # A failure shows its history; making it shorter would take minutes.
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(HISTORY)
    def play(history: list[tuple[int, ...]]) -> None:
        story = begin(cast, superuser)
        figures["histories"] += 1
        for numbers in history:
            turn = Turn(story, superuser, numbers)
            try:
                turn.take()
                figures[turn.action] += 1
            except DomainError:
                figures["refused"] += 1
            cells, opened = compare(story, superuser)
            figures["cells"] += cells
            figures["open"] += opened
        assert len(story.world.dossiers) == 2

    play()
    record_testsuite_property("access_rule", dict(figures))
    print(f"\naccess rule against the model: {dict(figures)}")
