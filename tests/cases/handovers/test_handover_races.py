"""Rounds of proposals that are accepted, declined, withdrawn and expired all at once: whoever wins,
one reference worker stands at every committed instant.
"""

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from datetime import timedelta
from functools import partial

import psycopg
import pytest
from sqlalchemy import make_url

from services.cases.handover_model import ANSWER_WITHIN
from services.cases.handovers import commands as handovers
from services.shared.errors import DomainError
from tests.journeys.steps import open_shared_case, reference_of
from tests.outside.fakes import FakeClock
from tests.slices import times

ROUNDS = times(5_000, 16)
# One turn in so many has a head start: each way is seen to win, whatever the machine.
HEAD_START = times(10, 4)
ENDINGS = ("accept", "decline", "withdraw", "expire")


class Watcher:
    """Reads, as fast as it can, who is responsible at what other transactions have committed."""

    def __init__(self, url: str, case_id: str) -> None:
        self._url, self._case = url, case_id
        self.looks, self.wrong = 0, []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "Watcher":
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        query = (
            "SELECT (SELECT count(*) FROM reference_assignments"
            "  WHERE case_id = %(case)s AND upper_inf(period)),"
            " (SELECT count(*) FROM access_grants"
            "  WHERE case_id = %(case)s AND basis = 'reference')"
        )
        with psycopg.connect(self._url, autocommit=True) as connection:
            while not self._stop.is_set():
                seen = connection.execute(query, {"case": self._case}).fetchone()
                self.looks += 1
                if seen != (1, 1):
                    self.wrong.append(seen)


@pytest.fixture
def contest(network, database):
    """One way to end a proposal, on a clock of its own; the name of the way, if it succeeded."""

    def end(way: str, handover_id, proposer, receiver, at) -> str | None:
        clock = FakeClock(at + ANSWER_WITHIN if way == "expire" else at + timedelta(days=4))
        if way == "expire":
            with network.runtime.database.transaction(clock=clock, actor=None) as uow:
                return way if handovers.expire_handovers(uow=uow) else None
        actor = proposer if way == "withdraw" else receiver
        with suppress(DomainError), database.transaction(clock=clock, actor=actor) as uow:
            if way == "withdraw":
                handovers.withdraw_handover(handover_id, actor=actor, uow=uow)
            else:
                accept = way == "accept"
                handovers.answer_handover(handover_id, accept=accept, actor=actor, uow=uow)
            return way
        return None

    return end


def test_one_reference_worker_at_every_committed_instant(
    network, cluster, database, contest, figures
):
    case = open_shared_case(network)
    people = {network[who].id: network[who].actor for who in ("rw1", "rw2", "colleague")}
    dice, won = random.Random(7), Counter()
    url = make_url(cluster.url("postgres")).set(drivername="postgresql").render_as_string()
    with Watcher(url, case["id"]) as watcher, ThreadPoolExecutor(4) as pool:
        for turn in range(ROUNDS):
            network.clock.advance(days=10)
            holder = people[reference_of(network, case)]
            receiver = dice.choice([p for p in people.values() if p.id != holder.id])
            cmd = handovers.ProposeHandover(
                case_id=case["id"], to_id=receiver.id, reason="x", former_stays=dice.random() < 0.5
            )
            sides = {"proposer": holder, "receiver": receiver, "at": network.clock.now()}
            with database.transaction(clock=network.clock, actor=holder) as uow:
                handover = handovers.propose_handover(cmd, actor=holder, uow=uow)
            ways = [*dice.sample(ENDINGS, 3), "accept"]
            dice.shuffle(ways)
            is_first = turn % HEAD_START == 0
            ahead = [ENDINGS[turn // HEAD_START % len(ENDINGS)]] if is_first else []
            end = partial(pool.submit, contest, handover_id=handover.id, **sides)
            runs = [end(way) for way in ahead]
            wait(runs)
            runs += [end(way) for way in ways]
            winners = [way for way in (run.result() for run in runs) if way]
            assert len(winners) == 1, winners
            won[winners[0]] += 1
            expected = receiver if winners[0] == "accept" else holder
            assert reference_of(network, case) == str(expected.id)
    assert watcher.wrong == []
    assert watcher.looks > ROUNDS
    ((gaps,),) = network.rows(
        "SELECT range_agg(period) = tstzmultirange(tstzrange(min(lower(period)), NULL))"
        " FROM reference_assignments WHERE case_id = %s",
        case["id"],
    )
    assert gaps is True
    assert set(won) == set(ENDINGS)
    figures(
        "contested handovers",
        rounds=ROUNDS,
        looks=watcher.looks,
        looks_without_exactly_one=len(watcher.wrong),
        **won,
    )


def test_a_case_gained_while_a_substitute_is_named_is_covered_too(network, database, clock):
    """Both transactions are open at once; whichever commits last must see the other."""
    from_rw2, days = network["rw2"], {"first_day": "2026-02-18", "last_day": "2026-03-18"}
    for _ in range(times(10, 3)):
        case = from_rw2.post("/api/v1/cases", {"language": "nl"})
        clock.advance(seconds=1)
        handover = from_rw2.post(
            f"/api/v1/cases/{case['id']}/handovers",
            {"to_id": network["rw1"].id, "reason": "x", "former_stays": False},
        )
        clock.advance(seconds=1)
        named = {"substitute_id": network["colleague"].id, **days}
        calls = [
            ("POST", f"/api/v1/handovers/{handover['id']}/acceptance", None),
            ("POST", "/api/v1/me/substitutions", named),
        ]
        with ThreadPoolExecutor(2) as both:
            answers = list(both.map(lambda call: network["rw1"].call(*call), calls))
        assert [answer.status_code for answer in answers] == [200, 201]
        network["colleague"].get(f"/api/v1/cases/{case['id']}")
        (substitution, *_) = network["rw1"].get("/api/v1/me/substitutions")["items"]
        for each in network["rw1"].get("/api/v1/me/substitutions")["items"]:
            if each["ended_at"] is None:
                network["rw1"].post(f"/api/v1/me/substitutions/{each['id']}/end", status=200)
        network["colleague"].call("GET", f"/api/v1/cases/{case['id']}", status=404)
        assert substitution["substitute_id"] == network["colleague"].id


def test_nobody_becomes_responsible_while_their_account_is_being_closed(network, clock):
    for _ in range(5):
        case = network["rw2"].post("/api/v1/cases", {"language": "nl"})
        clock.advance(seconds=1)
        handover = network["rw2"].post(
            f"/api/v1/cases/{case['id']}/handovers",
            {"to_id": network["colleague"].id, "reason": "x", "former_stays": False},
        )
        clock.advance(seconds=1)
        leave = f"/api/v1/professionals/{network['colleague'].id}/deactivation"
        calls = [
            ("colleague", f"/api/v1/handovers/{handover['id']}/acceptance"),
            ("coordinator", leave),
        ]
        with ThreadPoolExecutor(2) as both:
            accepted, left = both.map(lambda call: network[call[0]].call("POST", call[1]), calls)
        assert (accepted.status_code, left.status_code) in {(200, 409), (422, 200), (401, 200)}
        orphans = network.rows(
            "SELECT 1 FROM reference_assignments r JOIN professionals x ON x.id = r.professional_id"
            " WHERE upper_inf(r.period) AND NOT x.active"
        )
        assert orphans == []
        if left.status_code == 409:
            back = network["colleague"].post(
                f"/api/v1/cases/{case['id']}/handovers",
                {"to_id": network["rw2"].id, "reason": "x", "former_stays": False},
            )
            clock.advance(seconds=1)
            path = f"/api/v1/handovers/{back['id']}"
            package = network["rw2"].get(path)
            assert package["checklist"]
            network["rw2"].post(f"{path}/acceptance", status=200)
        network.rows(
            "UPDATE professionals SET active = true WHERE id = %s RETURNING id",
            network["colleague"].id,
        )
        clock.advance(seconds=1)
