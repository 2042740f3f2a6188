"""The needs that sessions find: counted over the network, without anybody in the count."""

import pytest

from tests.intervisions.agendas.steps import held, series_of, table_over
from tests.intervisions.steps import path_of
from tests.journeys.steps import open_shared_case
from tests.once.beginnings import beginning

PEOPLE = ("rw1", "rw2", "specialist")
YEAR = "/api/v1/intervision-needs?from=2026-01-01&until=2026-12-31"


@pytest.fixture
@beginning
def sessions(circle):
    return series_of(circle, *PEOPLE, count=6)


def tag(circle, session, *tags, by="facilitator", status=200, **other):
    body = {"tags": list(tags), **other}
    return circle[by].call("PUT", f"{path_of(session)}/needs", body, status=status).json()


def counts(circle, by="coordinator", path=YEAR):
    return {each["tag"]: each["sessions"] for each in circle[by].get(path)["items"]}


def test_needs_are_counted_by_session_and_small_counts_are_not_told(circle, sessions):
    for number, session in enumerate(sessions):
        tag(circle, session, "housing", "debt", *(["energy"] if number < 4 else []))
    assert set(counts(circle).values()) == {"<5"}
    for number, session in enumerate(sessions):
        held(circle, session, *PEOPLE)
        tag(circle, session, "housing", "debt", *(["energy"] if number < 4 else []))
    told = counts(circle)
    assert (told["housing"], told["debt"], told["energy"]) == ("6", "6", "<5")
    assert told["isolation"] == "<5"
    assert counts(circle, "facilitator") == told
    labels = circle["coordinator"].get(YEAR)["items"][0]["labels"]
    assert labels == {"fr": "Logement", "nl": "Huisvesting", "en": "Housing"}
    text = str(circle["coordinator"].get(YEAR))
    assert not [each for each in sessions if each["id"] in text]


def test_only_whole_months_and_only_for_those_who_steer(circle, sessions):
    circle["rw1"].call("GET", YEAR, status=403)
    for period in ("from=2026-06-01&until=2026-06-29", "from=2026-06-02&until=2026-06-30"):
        path = f"/api/v1/intervision-needs?{period}"
        refused = circle["coordinator"].call("GET", path, status=422)
        assert refused.json()["code"] == "needs-period"
    months = "/api/v1/intervision-needs?from=2026-06-01&until=2026-06-30"
    assert set(counts(circle, path=months).values()) == {"<5"}


def test_tags_are_of_the_vocabulary_and_of_the_session_or_a_table(circle, sessions):
    session = sessions[0]
    refused = tag(circle, session, "housing", "Marker-family", status=422)
    assert refused["code"] == "need-unknown"
    assert "Marker" not in str(refused)
    tag(circle, session, "housing", by="rw1", status=403)
    tag(circle, session, "housing", by="outsider", status=404)
    table = table_over(circle, session, open_shared_case(circle))["id"]
    tag(circle, session, "debt", "papers", by="rw1", table_id=table)
    tag(circle, session, "housing", "debt", "housing")
    path = f"{path_of(session)}/needs"
    assert circle["facilitator"].get(path) == {"tags": ["debt", "housing", "papers"]}
    circle["rw1"].call("GET", path, status=403)
    tag(circle, session)
    assert circle["facilitator"].get(path) == {"tags": ["debt", "papers"]}
    tag(circle, sessions[1], "debt", table_id=table, status=404)
    assert len(circle["rw1"].get("/api/v1/intervision-needs/vocabulary")["items"]) == 28


def test_a_supervision_keeps_no_needs(circle):
    (session,) = series_of(circle, "rw1", "rw2", count=1, kind="supervision")
    assert tag(circle, session, "housing", status=422)["code"] == "session-kind"
