"""Exactly one reference worker at every instant: raced by threads, and attacked in SQL as owner."""

import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import event

from case_api.errors import problem_of
from infra.demo.cast import Cast
from services.cases import commands as cases
from services.cases.handover_model import ChecklistItem
from services.cases.handovers import commands as handovers
from services.cases.model import TeamRole
from services.cases.team import commands as team
from tests.people import NETWORK
from tests.slices import times

ROUNDS, FILES, ATONCE = times(200, 12), 4, 5
WORKERS = ("rw1", "rw2", "colleague", "specialist")
# No overlap, no gap since the opening, one open end, and one holder now: 0 rows if it holds.
BROKEN = """
    SELECT c.id FROM cases c JOIN reference_assignments r ON r.case_id = c.id
    GROUP BY c.id, c.opened_at
    HAVING count(*) FILTER (WHERE upper_inf(r.period)) <> 1
        OR range_agg(r.period) <> tstzmultirange(tstzrange(c.opened_at, NULL))
        OR sum(CASE WHEN upper_inf(r.period) THEN interval '0'
               ELSE upper(r.period) - lower(r.period) END)
           <> max(lower(r.period)) - min(lower(r.period))
"""
LEADS = "SELECT count(*) FROM access_grants WHERE basis = 'reference' GROUP BY case_id"


@pytest.fixture
def cast(acquaintances, superuser, owner_database, database, clock) -> Cast:
    people = tomllib.loads(NETWORK.read_text(encoding="utf-8"))
    parts = {"owner": owner_database, "api": database, "clock": clock}
    cast = acquaintances.gathered(people, superuser, issuer="https://i", **parts)
    clock.advance(hours=1)
    return cast


@pytest.fixture
def files(cast) -> list[UUID]:
    found = []
    for _ in range(FILES):
        with cast.acts("rw1") as (actor, uow):
            found.append(cases.open_case(cases.OpenCase(language="fr"), actor=actor, uow=uow).id)
    cast.clock.advance(hours=1)
    return found


@pytest.fixture
def owner(cluster, superuser) -> Iterator[psycopg.Connection]:
    """As the owner of the tables, with every trigger in force."""
    url = cluster.url("maillage_owner").replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(url) as connection:
        yield connection
        connection.rollback()


class Round:
    """What people try at once on one case; each attempt has its own connection."""

    def __init__(self, cast: Cast, superuser: Any, case: UUID, dice: Random) -> None:
        self.cast, self.case, self.dice = cast, case, dice
        query = (
            "SELECT r.professional_id FROM reference_assignments r"
            " WHERE r.case_id = %s AND upper_inf(r.period)"
        )
        (key,) = superuser.execute(query, (case,)).fetchone()
        self.lead = next(name for name, actor in cast.actors.items() if actor.id == key)
        self.others = [name for name in WORKERS if name != self.lead]
        query = "SELECT id, to_id FROM handovers WHERE case_id = %s AND state = 'proposed'"
        self.proposed = superuser.execute(query, (case,)).fetchall()
        query = (
            "SELECT id, professional_id, version FROM participations"
            " WHERE case_id = %s AND state = 'accepted'"
        )
        self.places = superuser.execute(query, (case,)).fetchall()

    def attempts(self) -> list[Callable[[], None]]:
        if self.proposed:
            handover, to = self.proposed[0]
            name = next(n for n, actor in self.cast.actors.items() if actor.id == to)
            accept = [lambda: self._answer(handover, name, accept=True)] * 3
            more = [lambda: self._answer(handover, name, accept=False), self._propose]
        else:
            accept, more = [self._propose] * 3, [self._propose]
        return [*accept, *more, self._end]

    def _answer(self, handover: UUID, name: str, *, accept: bool) -> None:
        with self.cast.acts(name) as (actor, uow):
            if accept:
                handovers.tick_checklist(handover, list(ChecklistItem), actor=actor, uow=uow)
            handovers.answer_handover(handover, accept=accept, actor=actor, uow=uow)

    def _propose(self) -> None:
        to = self.cast.actors[self.dice.choice(self.others)].id
        with self.cast.acts(self.lead) as (actor, uow):
            cmd = handovers.ProposeHandover(
                case_id=self.case, to_id=to, reason="R", former_stays=self.dice.random() < 0.5
            )
            handovers.propose_handover(cmd, actor=actor, uow=uow)

    def _end(self) -> None:
        """Invites somebody, or ends the first place there is."""
        with self.cast.acts(self.lead) as (actor, uow):
            if self.places:
                place, _, version = self.places[0]
                team.end_participation(self.case, place, version=version, actor=actor, uow=uow)
                return
            guest = self.cast.actors[self.others[0]].id
            cmd = team.Invite(
                case_id=self.case, professional_id=guest, role=TeamRole.LAWYER, reason="R"
            )
            team.invite(cmd, actor=actor, uow=uow)


def outcome(attempt: Callable[[], None], start: Barrier) -> str:
    """`won`, or the status and code with which the API would answer."""
    start.wait(timeout=10)
    try:
        attempt()
    except Exception as lost:  # noqa: BLE001 - whatever it is, the API answers it
        problem = problem_of(lost)
        return f"{problem.status} {problem.code}"
    return "won"


def test_many_races_leave_one_reference_worker(cast, files, superuser, record_testsuite_property):
    dice, told, handed_over = Random(20), Counter(), 0
    with ThreadPoolExecutor(ATONCE + 1) as threads:
        for number in range(ROUNDS):
            round_ = Round(cast, superuser, files[number % FILES], dice)
            attempts = round_.attempts()
            start = Barrier(len(attempts))
            results = [threads.submit(outcome, each, start) for each in attempts]
            ended = [result.result(timeout=20) for result in results]
            told.update(ended)
            assert superuser.execute(BROKEN).fetchall() == []
            assert superuser.execute(LEADS).fetchall() == [(1,)] * FILES
            cast.clock.advance(minutes=1)
    (periods,) = superuser.execute("SELECT count(*) FROM reference_assignments").fetchone()
    handed_over = periods - FILES
    record_testsuite_property("reference_worker_races", dict(told))
    print(f"\n{ROUNDS} races, {handed_over} handovers: {dict(told)}")
    assert handed_over > ROUNDS // 10
    assert sum(n for name, n in told.items() if name.startswith("409")) > ROUNDS // 4
    assert not [name for name in told if name.startswith("503")]
    assert told["500 internal-error"] == 0


@pytest.mark.parametrize("attempt", ["invite", "end_participation"])
def test_a_right_lost_meanwhile_is_no_internal_error(cast, files, attempt):
    """Somebody takes over after the check and before the write."""
    case = files[0]
    with cast.acts("rw1") as (actor, uow):
        guest = cast.actors["colleague"].id
        cmd = team.Invite(case_id=case, professional_id=guest, role=TeamRole.LAWYER, reason="R")
        place = team.invite(cmd, actor=actor, uow=uow)
    handover = propose(cast, case, "rw1", "rw2")
    cast.clock.advance(minutes=1)

    def take_over(*_: Any) -> None:
        with cast.acts("rw2") as (actor, uow):
            handovers.tick_checklist(handover, list(ChecklistItem), actor=actor, uow=uow)
            handovers.answer_handover(handover, accept=True, actor=actor, uow=uow)

    def act() -> None:
        with cast.acts("rw1") as (actor, uow):
            if attempt == "invite":
                guest = cast.actors["specialist"].id
                cmd = team.Invite(
                    case_id=case, professional_id=guest, role=TeamRole.LAWYER, reason="R"
                )
                event.listen(uow.session, "before_flush", take_over, once=True)
                team.invite(cmd, actor=actor, uow=uow)
            else:
                once(uow.session, "FOR UPDATE", take_over)
                team.end_participation(case, place.id, version=1, actor=actor, uow=uow)

    ended = outcome(act, Barrier(1))
    assert ended.split()[0] in ("403", "404", "409", "412"), ended


def once(session: Any, word: str, react: Callable[[], None]) -> None:
    """Before the first statement of the session that holds `word`."""
    done: list[bool] = []

    def before(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if word in statement and not done:
            done.append(True)
            react()

    event.listen(session.connection(), "before_cursor_execute", before)


def propose(cast: Cast, case: UUID, who: str, to: str) -> UUID:
    with cast.acts(who) as (actor, uow):
        cmd = handovers.ProposeHandover(
            case_id=case, to_id=cast.actors[to].id, reason="R", former_stays=False
        )
        return handovers.propose_handover(cmd, actor=actor, uow=uow).id


def test_of_two_acceptances_one_wins_and_the_other_is_a_conflict(cast, files):
    handover = propose(cast, files[0], "rw1", "rw2")

    def accept() -> None:
        with cast.acts("rw2") as (actor, uow):
            handovers.tick_checklist(handover, list(ChecklistItem), actor=actor, uow=uow)
            handovers.answer_handover(handover, accept=True, actor=actor, uow=uow)

    start = Barrier(6)
    with ThreadPoolExecutor(6) as threads:
        ended = Counter(threads.map(lambda _: outcome(accept, start), range(6)))
    assert ended == {"won": 1, "409 handover-already-answered": 5}


def write(owner: psycopg.Connection, statement: str, values: dict[str, Any]) -> None:
    owner.execute(statement, values)
    owner.commit()


VIOLATIONS = {
    "a second one at once": (
        "INSERT INTO reference_assignments VALUES (%(case)s, %(other)s,"
        " tstzrange(%(now)s, NULL), %(new)s)"
    ),
    "one in a period of the past": (
        "INSERT INTO reference_assignments VALUES (%(case)s, %(other)s,"
        " tstzrange(%(opened)s, %(now)s), %(new)s)"
    ),
    "one before the opening": (
        "INSERT INTO reference_assignments VALUES (%(case)s, %(other)s,"
        " tstzrange('2020-01-01', %(opened)s), %(new)s)"
    ),
    "an empty period": (
        "INSERT INTO reference_assignments VALUES (%(case)s, %(other)s, 'empty', %(new)s)"
    ),
    "none from now on": (
        "UPDATE reference_assignments SET period = tstzrange(lower(period), %(now)s)"
    ),
    "none at first": ("UPDATE reference_assignments SET period = tstzrange(%(now)s, NULL)"),
    "a gap in between": (
        "WITH closed AS (UPDATE reference_assignments SET"
        " period = tstzrange(lower(period), %(now)s) WHERE case_id = %(case)s RETURNING 1)"
        " INSERT INTO reference_assignments SELECT %(case)s, %(other)s,"
        " tstzrange(%(later)s, NULL), %(new)s FROM closed"
    ),
    "none at all": "DELETE FROM reference_assignments",
    "a case without one": (
        "INSERT INTO cases (id, version, code, state, opened_at, opened_by)"
        " VALUES (%(new)s, 1, 'BX-2222', 'open', %(now)s, %(other)s)"
    ),
    "an opening that is moved back": "UPDATE cases SET opened_at = '2020-01-01'",
    "an assignment that changes its case": (
        "UPDATE reference_assignments SET case_id = %(elsewhere)s WHERE case_id = %(case)s"
    ),
}


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_not_even_the_owner_can_write_two_or_none(cast, files, owner, violation):
    now = cast.clock.now()
    values = {
        **{"case": files[0], "elsewhere": files[1], "other": cast.actors["rw2"].id},
        **{"now": now, "later": now + timedelta(hours=1), "new": uuid4()},
        "opened": now - timedelta(hours=1),
    }
    with pytest.raises((psycopg.errors.ExclusionViolation, psycopg.errors.CheckViolation)):
        write(owner, VIOLATIONS[violation], values)
