"""Abuse 9: a peer who takes part in a case, and sits in the session that works on it, joins all
that both sides ever give her (security.md #9, docs/decisions/0040). By HTTP, from the first
proposal to the task that comes of it, with mail and calendar.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from tests.intervisions.agendas.steps import add_item, follow_up, held, publish
from tests.intervisions.ballots.steps import OPENS, TIMES, close, plan_ballot, turn, vote
from tests.intervisions.collecting import CASE, OTHER, SESSION, Collector, Piece
from tests.intervisions.linking import coincident, joined
from tests.intervisions.proposals.steps import act, agree, draft, open_case, reader_of
from tests.intervisions.steps import add_members, all_come, plan, start_series
from tests.intervisions.tables.steps import Tables
from tests.journeys.steps import sweep
from tests.slices import WHOLE, one_of_each

# rw2 takes part in the case of rw1 and is not asked to its table; rw4 takes part and is.
PEER, ASKED_IN = "rw2", "rw4"
WATCHED = (PEER, ASKED_IN)
# A slice looks around two of these acts alone, at the one whom each is about.
ON_BOTH_SIDES = {
    **dict.fromkeys(("household withdraws", "task of it", "task done"), PEER),
    **dict.fromkeys(("invited in", "copy"), ASKED_IN),
}
LOOKED_AT = dict(one_of_each(list(ON_BOTH_SIDES.items()), lambda each: each[1]))
SEES = ["identity", "tenancy", "procedure", "family", "income"]
WORDS = {
    "rw1": "Une mère seule dort chez une amie avec ses enfants et attend une réponse.",
    "rw3": "Un homme âgé n'ouvre plus ses lettres depuis que son fils est parti.",
    "specialist": "Un couple se dispute sur la dette et personne ne paie plus rien.",
}


@dataclass
class Watch:
    """Both sides of each watched person, looked at before and after an act: what changes on both
    by one act is a link, if no instant stood anywhere."""

    network: Any
    collectors: dict[str, Collector]
    acts: int = 0
    looked: int = 0
    together: dict[str, list[tuple[str, set[str], set[str]]]] = field(default_factory=dict)

    def does(self, name: str, what: Callable[[], Any]) -> Any:
        self.acts += 1
        at = [who for who in WATCHED if WHOLE or LOOKED_AT.get(name) == who]
        self.looked += bool(at)
        self.network.clock.advance(hours=2)
        self.network.work()
        before = self._look(at)
        made = what()
        self.network.clock.advance(minutes=4)
        self.network.work()
        after = self._look(at)
        for who in before:
            ours, theirs = (_changed(before[who], after[who], side) for side in (SESSION, CASE))
            if ours and theirs:
                self.together.setdefault(who, []).append((name, ours, theirs))
        return made

    def _look(self, at: list[str]) -> dict[str, list[Piece]]:
        return {who: self.collectors[who].glance() for who in at}


def _changed(before: list[Piece], after: list[Piece], side: str) -> set[str]:
    was, now = (
        {(piece.name, piece.text) for piece in pieces if piece.side == side}
        for pieces in (before, after)
    )
    return {name for name, _ in was ^ now}


@pytest.fixture
def watch(circle) -> Watch:
    document = circle["rw1"].get("/api/openapi.json")
    collectors = {}
    for who in WATCHED:
        url = circle[who].post("/api/v1/me/calendar-feeds")["url"]
        feed = "/" + url.split("://", 1)[1].split("/", 1)[1]
        collectors[who] = Collector(circle, who, feed, document)
    return Watch(circle, collectors)


@pytest.fixture
def lived(circle, watch) -> Tables:
    """All of it, one act at a time, hours apart."""
    series = start_series(circle)
    add_members(circle, series)
    first, following = plan(circle, series, count=2, every_weeks=2)
    all_come(circle, first)
    all_come(circle, following, *(() if WHOLE else WATCHED))
    circle.clock.set(datetime(2026, 4, 27, 8, 0, tzinfo=UTC))
    circle.work()
    circle.clock.advance(hours=3)
    cases = {who: open_case(circle, who) for who in WORDS}
    _work_on(circle, watch, cases["rw1"])
    proposals = _bring(circle, watch, first, cases)
    tables = Tables(circle, first, cases, proposals)
    _vote_and_sit(tables, watch)
    _meet(tables, watch, following)
    return tables


def _work_on(circle, watch, case):
    """What a case is full of, which others read."""
    path = f"/api/v1/cases/{case['id']}"
    says = {"effect": "permit", "recipient_kind": "person", "categories": SEES}
    provisions = [{**says, "recipient_id": circle[who].id} for who in WATCHED]
    until = (circle.clock.now() + timedelta(days=150)).isoformat()
    body = {"purpose": "Garder le logement", "evidence": "oral", "witness": "L'accueil"}
    body |= {"language": "fr", "valid_until": until, "provisions": provisions}
    circle["rw1"].post(f"{path}/consents", body)
    for who in WATCHED:
        place = {"professional_id": circle[who].id, "role": "specialist", "reason": "Needed"}
        invited = circle["rw1"].post(f"{path}/team", place)
        circle[who].post(f"/api/v1/invitations/{invited['id']}/acceptance", status=200)
    for words in ("Madame est venue avec sa fille ce matin", "Le propriétaire menace d'expulser"):
        watch.does("note", partial(_note, circle, path, words))
    task = {"category": "tenancy", "title": "Appeler le greffe", "assignee_id": circle[PEER].id}
    task["remind_at"] = (circle.clock.now() + timedelta(days=1)).isoformat()
    watch.does("task", lambda: circle["rw1"].post(f"{path}/tasks", task))
    watch.does("impasse", lambda: circle["rw4"].post(f"{path}/impasse"))


def _note(circle, path, words):
    circle["rw1"].post(f"{path}/notes", {"category": "tenancy", "body": words})


def _bring(circle, watch, session, cases):
    made = {}
    for who, case in cases.items():
        watch.does("agreement", lambda who=who, case=case: agree(circle, case, who=who))
        words = {"vignette": WORDS[who], "question": "Par où commencer avec eux ?"}
        proposal = watch.does(
            "draft",
            lambda who=who, case=case, words=words: draft(circle, session, case, who, **words),
        )
        watch.does(
            "submission",
            lambda who=who, proposal=proposal: act(circle, proposal, "submission", who=who),
        )
        reader = reader_of(circle, proposal)
        watch.does(
            "reading",
            lambda proposal=proposal, reader=reader: act(
                circle, proposal, "reading", {"approved": True}, who=reader
            ),
        )
        made[who] = proposal["id"]
    gone = cases["specialist"]
    path = f"/api/v1/cases/{gone['id']}/intervision-agreements"
    (said,) = circle["specialist"].get(path)["items"]
    tag = f'"v{said["version"]}"'
    watch.does(
        "household withdraws",
        lambda: circle["specialist"].post(
            f"{path}/{said['id']}/withdrawal", status=200, If_Match=tag
        ),
    )
    return made


def _vote_and_sit(tables, watch):
    circle = tables.network
    watch.does("ballot", lambda: plan_ballot(circle, tables.session, **TIMES, places=2))
    circle.clock.set(OPENS + timedelta(minutes=1))
    turn(circle)
    ballot = circle["rw1"].get(f"{tables.path}/ballot")
    for who in ("cass1", "colleague", "ssm2", "mm2"):
        vote(circle, ballot, who, {tables.proposals["rw1"]: 2, tables.proposals["rw3"]: 1})
    watch.does("vote", lambda: vote(circle, ballot, PEER, {tables.proposals["rw1"]: 1}))
    close(circle)
    watch.does("invited in", lambda: tables.invite_in(ASKED_IN, "rw1"))
    watch.does("tables", lambda: tables.make("rw1", "rw3"))
    watch.does("allocation", tables.allocate)
    assert ASKED_IN in tables.at(1)
    assert PEER in tables.at(2)
    add = {"title": "Tour de table", "owner_id": circle[PEER].id}
    watch.does("agenda item", lambda: add_item(circle, tables.session, **add))
    watch.does("agenda", lambda: publish(circle, tables.session))
    watch.does("closing", lambda: tables.command("/closing"))


def _meet(tables, watch, following):
    circle = tables.network
    case = tables.cases["rw1"]
    circle.clock.set(datetime(2026, 6, 3, 11, 2, tzinfo=UTC))
    people = ("rw1", "cass1", ASKED_IN, PEER, "rw3")
    tables.sign(*people)
    held(circle, tables.session, *people)
    begun = {}
    for number, who in ((1, "rw1"), (2, "rw3")):
        words = f"La table {number} conseille de voir le juge avec un avocat avant l'été."
        begun[number] = watch.does(
            "minutes", lambda number=number, who=who, words=words: tables.begin(number, who, words)
        )
        path = f"/api/v1/minutes/{begun[number]['id']}/finalisation"
        watch.does(
            "final", lambda path=path, who=who: circle[who].post(path, status=200, If_Match='"v1"')
        )
    table = tables.table(1, "rw1")["id"]
    left = watch.does(
        "follow-up",
        lambda: follow_up(
            *(circle, tables.session, "rw1", "Demander un délai au greffe de la justice de paix"),
            by="rw1",
            table_id=table,
            becomes="case",
            due_on="2026-06-19",
        ),
    )
    body = {"title": "Écrire au juge", "category": "tenancy", "assignee_id": circle[PEER].id}
    task = watch.does(
        "task of it", lambda: circle["rw1"].post(f"/api/v1/follow-ups/{left['id']}/task", body)
    )
    words = {"category": "tenancy", "body": "Les collègues penchent pour une demande de délai."}
    path = f"/api/v1/minutes/{begun[1]['id']}/case-copy"
    watch.does("copy", lambda: circle["rw1"].post(path, words))
    watch.does("task done", lambda: _finish(circle, case, task))
    watch.does("night", lambda: sweep(circle))
    watch.does("next agenda", lambda: publish(circle, following))
    circle.clock.set(datetime(2026, 6, 12, 7, 0, tzinfo=UTC))
    watch.does("morning after", lambda: sweep(circle))


def _finish(circle, case, task):
    path = f"/api/v1/cases/{case['id']}/tasks"
    (shown,) = [
        each for each in circle[PEER].get(path)["items"] if each["title"] == "Écrire au juge"
    ]
    circle[PEER].post(
        f"{path}/{shown['id']}/completion", status=200, If_Match=f'"v{shown["version"]}"'
    )


def test_nothing_that_a_peer_is_given_joins_the_session_to_the_case(lived, watch, figures):
    compared = 0
    for who in WATCHED:
        pieces = watch.collectors[who].all()
        ours, theirs, known = (
            [each for each in pieces if each.side == side] for side in (SESSION, CASE, OTHER)
        )
        _holds_what_matters(lived, ours, theirs, at_table=who == ASKED_IN)
        document = watch.collectors[who].document
        assert joined(ours, theirs, known, document=document) == set(), who
        assert coincident(ours, theirs) == set(), who
        assert watch.together.get(who, []) == [], who
        compared += len(ours) * len(theirs)
    figures(
        "linkage",
        peers=len(WATCHED),
        acts=watch.acts,
        looked=watch.looked,
        compared=compared,
        links=0,
    )


def _holds_what_matters(lived, ours, theirs, *, at_table):
    """The proof is worth what was collected."""
    session, case = ("".join(each.text for each in pieces) for pieces in (ours, theirs))
    assert WORDS["rw1"] in session
    assert ("voir le juge avec un avocat" in session) is True
    assert ("La table 1 conseille" in session) is at_table
    assert ("Demander un délai au greffe" in session) is at_table
    assert WORDS["specialist"] not in session
    assert lived.cases["rw1"]["code"] in case
    assert "Écrire au juge" in case
    assert "Les collègues penchent" in case
    for kind in ("mail", "feed", "/api"):
        assert any(each.name.startswith(kind) for each in ours)
    # Only the one who has a task there is written to.
    assert any(each.name.startswith("mail") for each in theirs) is not at_table


def test_the_join_finds_what_there_is():
    """Each kind of link, planted."""
    at = "2026-06-01T10:00:00Z"
    ours = [Piece(SESSION, "s", f'{{"words": "on verra le juge avant lundi", "at": "{at}"}}')]
    for text in (
        '{"body": "Alors : on verra le JUGE, avant tout"}',
        '{"at": "2026-06-01T10:04:59Z"}',
    ):
        theirs = [Piece(CASE, "c", text)]
        found = joined(ours, theirs, [], document={}) | coincident(ours, theirs)
        assert found, text
    for text in ('{"at": "2026-06-01T10:05:01Z"}', '{"body": "on verra le médecin"}'):
        theirs = [Piece(CASE, "c", text)]
        assert joined(ours, theirs, [], document={}) | coincident(ours, theirs) == set()
