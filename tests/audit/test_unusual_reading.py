"""F67: many different cases in an hour or a day are told to the coordinators, once a window."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from services.audit.commands import CASES_IN_A_DAY, CASES_IN_AN_HOUR, note_unusual_reading
from tests.people import Network

# 23:30 in Brussels, in winter.
NIGHT = datetime(2026, 2, 18, 22, 30, tzinfo=UTC)


def read(network: Network, who: str, cases: int, *, mask: int = 4, at: datetime | None = None):
    """So many different cases, each twice: as rows, which is what the timetable looks at."""
    moment = at or network.clock.now()
    for _ in range(cases):
        case = uuid4()
        for _ in range(2):
            network.database.execute(
                "INSERT INTO read_entries (at, actor_id, case_id, what, category_mask)"
                " VALUES (%s, %s, %s, 'case', %s)",
                (moment, network[who].id, case, mask),
            )


def look(network: Network) -> int:
    with network.runtime.transaction() as uow:
        return note_unusual_reading(uow=uow)


def told(network: Network) -> int:
    network.work()
    mails = [m for m in network.mails("coordinator") if "dossiers" in m["Subject"]]
    return len(mails)


@pytest.mark.parametrize(
    ("cases", "found"),
    [(CASES_IN_AN_HOUR - 1, 0), (CASES_IN_AN_HOUR, 0), (CASES_IN_AN_HOUR + 1, 1)],
)
def test_the_limit_of_an_hour(network, cases, found):
    assert CASES_IN_AN_HOUR == 30
    read(network, "rw1", cases)
    assert look(network) == found
    assert told(network) == found


@pytest.mark.parametrize(
    ("cases", "found"), [(CASES_IN_A_DAY - 1, 0), (CASES_IN_A_DAY, 0), (CASES_IN_A_DAY + 1, 1)]
)
def test_the_limit_of_a_day(network, cases, found):
    """Spread over the day, so that no hour is unusual."""
    assert CASES_IN_A_DAY == 100
    start = network.clock.now()
    for number in range(5):
        share = cases // 5 + (number < cases % 5)
        read(network, "rw1", share, at=start + timedelta(hours=number))
    network.clock.advance(hours=5)
    assert look(network) == found
    assert told(network) == found


def test_one_alert_per_person_and_window(network):
    read(network, "rw1", 31)
    assert [look(network), look(network)] == [1, 0]
    read(network, "rw1", 10)
    read(network, "specialist", 31)
    assert look(network) == 1
    network.clock.advance(hours=1)
    assert look(network) == 0
    read(network, "rw1", 31)
    assert look(network) == 1
    assert told(network) == 3


def test_a_day_ends_at_midnight_in_brussels(network):
    """Sixty before and sixty after; then so many before that the first day, too, is unusual."""
    network.clock.set(NIGHT)
    for hour in (-2, -1, 0, 1, 2, 3):
        read(network, "rw1", 20, at=NIGHT + timedelta(hours=hour))
    network.clock.advance(hours=3)
    assert look(network) == 0
    read(network, "rw1", 21, at=NIGHT - timedelta(hours=3))
    read(network, "rw1", 20, at=NIGHT - timedelta(hours=4))
    assert look(network) == 1
    since = network.rows("SELECT since FROM unusual_readings WHERE span = 'day'")
    assert since == [(datetime(2026, 2, 17, 23, 0, tzinfo=UTC),)]


def test_a_missed_turn_heals_itself(network):
    read(network, "rw1", 31)
    network.clock.advance(hours=1, minutes=30)
    assert look(network) == 1


def test_codes_and_dates_alone_are_not_counted(network):
    read(network, "liaison", 60, mask=0)
    assert look(network) == 0


def test_coordinators_learn_who_and_how_much_but_no_case(network):
    read(network, "rw1", 31)
    look(network)
    told(network)
    (mail,) = [m for m in network.mails("coordinator") if "dossiers" in m["Subject"]]
    assert "Willems" not in str(mail)
    assert "BX-" not in str(mail)
    (seen,) = network["coordinator"].get("/api/v1/unusual-readings")["items"]
    assert (seen["name"], seen["span"], seen["cases"]) == ("Rosa Willems", "hour", 31)
    assert set(seen) == {
        *("id", "professional_id", "name", "organisation", "span", "since", "cases", "found_at")
    }
    (alert,) = network["coordinator"].get("/api/v1/alerts")["items"]
    assert (alert["kind"], alert["case_id"], alert["facts"]) == (
        "audit.reading_unusual",
        None,
        {},
    )
    assert network.mails("rw1") == []


def test_nobody_else_sees_who_read_much(network):
    read(network, "rw1", 31)
    look(network)
    for who in ("rw1", "rw2", "liaison"):
        network[who].call("GET", "/api/v1/unusual-readings", status=403)
    assert network["rw1"].get("/api/v1/alerts")["items"] == []


def test_real_reading_is_counted(network):
    """Through HTTP: 31 cases opened by their own reference worker."""
    for _ in range(31):
        network["rw1"].post("/api/v1/cases", {"language": "fr"})
    assert look(network) == 1
