"""The SQL rule against the model of `tests.consent.model`, under random histories of two cases."""

import random
import tomllib
from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from infra.demo.cast import Cast
from services.cases.household.commands import NewMember
from services.network import commands as network
from services.shared.errors import DomainError
from tests.consent.comparing import Comparison, fill, stranger
from tests.consent.story import Story
from tests.consent.turns import ACTIONS, NUMBERS, SIGNATORIES, Turn
from tests.once.emptying import Rows, copied, put_back, written_tables
from tests.people import NETWORK
from tests.slices import SEED, times

HISTORIES, STEPS = times(1_000, 4), times(50, 25)
# Several processes share the histories.
SHARES = times(20, 2)
START = datetime(2026, 2, 18, 9, tzinfo=UTC)
CHANGED = (
    "access_grants, exclusions, reference_assignments, participations, handovers, consents,"
    " provisions, procedures, welfare_oppositions, welfare_steps,"
    " tasks, households, cases, protocols, protocol_signatures,"
    " substitutions, break_glass_openings, alerts, outbox_events, audit_entries, read_entries"
)


@pytest.fixture
def cast(acquaintances, superuser, owner_database, database, clock) -> Cast:
    people = tomllib.loads(NETWORK.read_text(encoding="utf-8"))
    parts = {"owner": owner_database, "api": database, "clock": clock}
    return acquaintances.gathered(people, superuser, issuer="https://i", **parts)


@pytest.fixture
def author(cast, superuser) -> tuple[UUID, UUID]:
    return stranger(superuser)


@pytest.fixture
def network_alone(superuser, author) -> Rows:
    """Its people, before they signed or opened anything."""
    superuser.execute("; ".join(f"DELETE FROM {name}" for name in CHANGED.split(", ")))
    return copied(superuser)


@pytest.fixture
def comparison(cluster, superuser):
    comparison = Comparison(cluster, superuser)
    yield comparison
    comparison.close()


def begin(cast: Cast, superuser: Any, author: tuple[UUID, UUID], before: Rows) -> Story:
    """The same people, one signed protocol, two cases with a row in every category."""
    cast.clock.set(START)
    superuser.execute("SET session_replication_role = replica")
    superuser.execute("; ".join(f"DELETE FROM {name}" for name in written_tables(superuser)))
    put_back(superuser, before)
    superuser.execute("SET session_replication_role = origin")
    with cast.acts("coordinator") as (actor, uow):
        cmd = network.PublishProtocol(title="One", body="Sign.")
        protocol = network.publish_protocol(cmd, actor=actor, uow=uow).id
    for who in SIGNATORIES:
        with cast.acts(who) as (actor, uow):
            network.sign_protocol(protocol, actor=actor, uow=uow)
    story = Story.of(cast, protocol)
    members = (NewMember(role="adult", pseudonym="A"), NewMember(role="child", pseudonym="C"))
    for who in ("rw1", "rw2"):
        case = story.open(cast.actors[who].id, members=members)
        fill(superuser, case, author, START)
    return story


def play(story: Story, superuser: Any, comparison: Comparison, dice: random.Random) -> Counter[str]:
    """One history; a difference names the steps that led to it."""
    taken, told = Counter[str](), []
    for number in range(STEPS):
        numbers = (dice.randrange(len(ACTIONS)), *(dice.randrange(NUMBERS) for _ in range(4)))
        turn = Turn(story, superuser, numbers)
        told.append((turn.action, *numbers[1:]))
        try:
            turn.take()
            taken[turn.action] += 1
        except DomainError as refusal:
            taken["refused"] += 1
            told[-1] = (*told[-1], refusal.code)
        try:
            comparison.check(story, number)
        except AssertionError as difference:
            difference.add_note(f"after {told}")
            raise
    return taken


@pytest.mark.parametrize("share", range(SHARES))
def test_the_rule_in_sql_says_what_the_model_says(
    cast, superuser, author, network_alone, comparison, figures, share
):
    taken = Counter[str]()
    mine = range(share, HISTORIES, SHARES)
    for number in mine:
        story = begin(cast, superuser, author, network_alone)
        taken += play(story, superuser, comparison, random.Random(f"{SEED}-{number}"))
        assert len(story.world.dossiers) == 2
    figures(
        "access rule against the model",
        histories=len(mine),
        steps=STEPS * len(mine),
        differences=0,
        **comparison.figures,
    )
    figures("steps of these histories", **taken)


def look_around(comparison: Comparison, story: Story) -> None:
    """From every place, behind every wall."""
    for number in range(4 * len(story.world.people)):
        comparison.check(story, number)


@pytest.mark.parametrize(
    "planted",
    [
        "UPDATE access_grants SET category_mask = 1022 WHERE basis = 'reference'",
        "UPDATE access_grants SET valid_from = valid_from + interval '1 microsecond'",
        "UPDATE access_grants SET principal_id = (SELECT id FROM professionals LIMIT 1)",
        "CREATE POLICY planted ON notes FOR SELECT TO maillage_api USING (true)",
        "CREATE POLICY planted ON sealed_contacts FOR SELECT TO maillage_api USING (true)",
    ],
)
def test_a_planted_difference_is_found(cast, superuser, author, network_alone, comparison, planted):
    """A proof that cannot fail would prove nothing."""
    story = begin(cast, superuser, author, network_alone)
    look_around(comparison, story)
    superuser.execute("SET session_replication_role = replica")
    superuser.execute(planted)
    try:
        with pytest.raises(AssertionError):
            look_around(comparison, story)
    finally:
        comparison.close()
        for table in ("notes", "sealed_contacts"):
            superuser.execute(f"DROP POLICY IF EXISTS planted ON {table}")
