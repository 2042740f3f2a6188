"""Eight procedures from their first act to the last, over HTTP: at each step the dates, where they
stand, what is against the law, and the mails. Days were counted by hand from the law file.
"""

import re
from datetime import date, datetime, time

import pytest

from tests.evictions.law.second_life import BRUSSELS
from tests.journeys.steps import open_shared_case, sweep

TODAY = "À voir avec un avocat aujourd’hui"
BEFORE = "Échéance légale"


class Followed:
    """One procedure of a case, and what its worker reads of it."""

    def __init__(self, network, day, regime):
        self.network, self.read = network, 0
        self.on(day, sweeping=False)
        case = open_shared_case(network)
        body = {"canton": "Uccle", "regime": regime}
        made = network["rw1"].post(f"/api/v1/cases/{case['id']}/procedures", body)
        self.case, self.path, self.seen = case, f"/api/v1/procedures/{made['id']}", made

    def on(self, day, *, sweeping=True):
        """That morning at half past nine, when what is due has gone out."""
        at = datetime.combine(date.fromisoformat(day), time(9, 30), BRUSSELS)
        self.network.clock.set(at)
        if sweeping:
            sweep(self.network)
            self.seen = self.network["rw1"].get(self.path)

    def act(self, kind, day, **more):
        body = {"kind": kind, "acted_on": day, **more}
        self.seen = self.network["rw1"].post(f"{self.path}/acts", body)

    def correct(self, kind, into, day, **more):
        body = {"kind": into, "acted_on": day, "reason": "Misread", **more}
        path = f"{self.path}/acts/{self._act(kind)['id']}/correction"
        self.seen = self.network["rw1"].post(path, body)

    def hear(self, at):
        self.seen = self.network["rw1"].post(f"{self.path}/hearings", {"starts_at": at})

    def withdraw(self, kind):
        path = f"{self.path}/acts/{self._act(kind)['id']}/withdrawal"
        self.network["rw1"].post(path, {"reason": "It was reformed"}, status=200)
        self.seen = self.network["rw1"].get(self.path)

    def oppose(self, day):
        body = {"opposed_on": day, "how": "in_writing"}
        self.network["rw1"].post(f"{self.path}/welfare-oppositions", body)
        self.seen = self.network["rw1"].get(self.path)

    def dates(self):
        return {
            row["computes"]: (row["computed_date"], row["state"]) for row in self.seen["deadlines"]
        }

    def lawful_from(self):
        rows = self.seen["deadlines"]
        return next(row["lawful_from"] for row in rows if row["computes"] == "eviction_not_before")

    def against(self, kind):
        """What an act is said to break, and whether it is told as a breach."""
        told = self._act(kind)["warnings"]
        return [(each["code"], each["breach"]) for each in told if "breach" in each]

    def subjects(self):
        """The mails that came since the last look, without the code of the case."""
        sweep(self.network)
        mails, before = self.network.mails("rw1"), self.read
        self.read = len(mails)
        said = (mail["subject"].partition(" – ")[0] for mail in mails[before:])
        return sorted({re.sub(r" \(dernier[^)]*\)", "", each) for each in said})

    def _act(self, kind):
        acts = (act for act in self.seen["acts"] if act["kind"] == kind)
        return next(act for act in acts if not act["replaced_by"] and not act["lapsed_at"])


@pytest.fixture
def follow(network):
    return lambda day, regime: Followed(network, day, regime)


def test_a_private_lease_in_brussels(follow):
    one = follow("2026-02-20", "BRU_LEASE")
    one.act("formal_notice", "2026-02-02")
    assert one.dates() == {"petition_not_before": ("2026-03-03", "running")}
    one.act("petition", "2026-02-20")
    assert one.against("petition") == [("before-lawful-date", True)]
    assert one.dates()["petition_not_before"][1] == "missed"
    assert TODAY in one.subjects()
    one.on("2026-03-04")
    one.correct("petition", "petition", "2026-03-03")
    assert one.against("petition") == []
    assert one.dates()["petition_not_before"][1] == "kept"
    assert one.dates()["hearing_not_before"] == ("2026-04-13", "running")
    one.hear("2026-04-10T09:00:00+02:00")
    assert one.against("hearing") == [("before-lawful-date", True)]
    assert TODAY in one.subjects()
    one.on("2026-05-12")
    one.act("judgment", "2026-05-04")
    one.act("service", "2026-05-11")
    found = one.dates()
    assert "opposition_until" not in found
    assert found["appeal_until"] == ("2026-06-11", "running")
    assert found["eviction_not_before"] == ("2026-06-12", "running")
    one.subjects()
    one.on("2026-05-28")
    assert one.subjects() == [BEFORE + " dans 14 jours"]
    one.act("eviction", "2026-07-10")
    assert one.dates()["bailiff_notice_until"] == ("2026-06-18", "running")
    assert one.dates()["belongings_until"] == ("2027-01-10", "running")
    one.on("2026-06-22")
    one.act("bailiff_notice", "2026-06-22")
    assert one.against("bailiff_notice") == [("after-lawful-date", True)]
    assert one.dates()["bailiff_notice_until"] == ("2026-06-18", "missed")
    assert one.dates()["appeal_until"] == ("2026-06-11", "missed")
    assert TODAY in one.subjects()
    one.act("eviction_postponed", "2026-06-24")
    assert {"bailiff_notice_until", "belongings_until"}.isdisjoint(one.dates())
    assert one.dates()["eviction_not_before"] == ("2026-06-12", "running")
    one.on("2026-10-30")
    assert one.lawful_from() == "2026-10-30"
    one.on("2026-10-31")
    assert one.lawful_from() == "2027-03-16"


def test_a_social_lease_in_brussels_with_an_exception_to_the_winter(follow):
    one = follow("2026-10-14", "BRU_LEASE")
    one.act("judgment", "2026-10-05")
    one.act("service", "2026-10-12")
    assert one.dates()["eviction_not_before"] == ("2027-03-16", "running")
    one.act("eviction", "2026-12-24")
    assert {code for code, _ in one.against("eviction")} == {
        "before-lawful-date",
        "in-moratorium",
    }
    assert TODAY in one.subjects()
    one.on("2026-11-12")
    one.act("moratorium_exception", "2026-11-10", ground="waived")
    assert len(one.against("eviction")) == 2
    one.withdraw("moratorium_exception")
    one.act("moratorium_exception", "2026-12-21", ground="dwelling_unfit")
    assert one.dates()["eviction_not_before"] == ("2026-12-21", "kept")
    assert one.against("eviction") == []
    one.subjects()
    one.withdraw("moratorium_exception")
    assert one.dates()["eviction_not_before"] == ("2027-03-16", "missed")
    assert TODAY in one.subjects()
    one.act("eviction_postponed", "2026-11-12")
    assert one.dates()["eviction_not_before"] == ("2027-03-16", "running")
    assert one.lawful_from() == "2027-03-16"


def test_a_lease_in_wallonia(follow):
    one = follow("2026-11-30", "WAL_LEASE")
    one.act("petition", "2026-11-27")
    one.act("summons", "2026-11-27", delivery="judicial_letter", received_on="2026-11-30")
    assert one.dates()["welfare_objection_until"] == ("2026-12-02", "running")
    assert one.subjects() == [BEFORE + " dans 2 jours"]
    one.oppose("2026-11-30")
    assert one.dates()["welfare_objection_until"] == ("2026-12-02", "kept")
    one.on("2027-01-06")
    one.act("judgment", "2026-12-21")
    one.act("service", "2027-01-04")
    assert one.dates()["appeal_until"] == ("2027-02-04", "running")
    assert one.dates()["eviction_not_before"] == ("2027-02-05", "running")
    one.act("eviction", "2027-02-19")
    assert one.dates()["bailiff_notice_until"] == ("2027-02-11", "running")
    one.on("2027-02-09")
    one.act("bailiff_notice", "2027-02-08")
    assert one.dates()["bailiff_notice_until"] == ("2027-02-11", "kept")
    assert one.against("eviction") == one.against("bailiff_notice") == []
    assert one.subjects() == [
        "Expulsion dans 10 jours",
        BEFORE + " dans 2 jours (à confirmer)",
        BEFORE + " du jeudi 4 février 2027",
    ]


def test_a_citation_in_flanders(follow):
    one = follow("2026-11-27", "VLA_LEASE")
    one.act("citation", "2026-11-27", delivery="service")
    assert one.dates()["hearing_not_before"] == ("2026-12-06", "running")
    assert one.dates()["welfare_objection_until"] == ("2026-11-30", "running")
    assert "welfare_informed_from" in one.dates()
    one.hear("2026-12-10T09:00:00+01:00")
    assert one.against("hearing") == []
    assert one.dates()["hearing_not_before"][1] == "kept"
    one.on("2026-12-15")
    assert one.dates()["welfare_objection_until"][1] == "missed"
    one.act("settlement", "2026-12-10")
    assert one.dates()["hearing_not_before"][1] == "kept"
    assert BEFORE + " du lundi 30 novembre 2026" in one.subjects()


def test_an_occupation_without_title(follow):
    one = follow("2026-09-08", "SQT")
    one.act("petition", "2026-09-07")
    assert one.dates()["hearing_until"] == ("2026-09-15", "running")
    one.hear("2026-09-14T09:00:00+02:00")
    assert one.dates()["hearing_until"] == ("2026-09-15", "kept")
    one.on("2026-09-18")
    one.act("judgment", "2026-09-14")
    one.act("service", "2026-09-18")
    assert one.dates()["eviction_not_before"] == ("2026-09-28", "running")
    assert one.dates()["appeal_until"] == ("2026-10-19", "running")
    one.act("eviction", "2026-09-26")
    assert sorted(one.against("eviction")) == [
        ("before-lawful-date", True),
        ("no-execution-day", True),
    ]
    assert TODAY in one.subjects()
    one.correct("eviction", "eviction", "2026-10-05")
    assert one.against("eviction") == []
    assert one.dates()["eviction_not_before"] == ("2026-09-28", "kept")
    one.act("delay_granted", "2026-09-21", until_on="2026-10-31")
    assert one.dates()["eviction_not_before"] == ("2026-11-02", "missed")
    assert one.against("eviction") == [("before-lawful-date", True)]
    assert TODAY in one.subjects()


def test_a_mayors_order(follow):
    one = follow("2026-11-30", "ADMIN")
    one.act("safety_order", "2026-11-27")
    assert one.dates() == {"council_of_state_until": ("2027-01-26", "running")}
    one.subjects()
    one.on("2027-01-12")
    assert one.subjects() == [BEFORE + " dans 14 jours"]
    one.act("council_of_state_application", "2027-01-15")
    assert one.dates() == {"council_of_state_until": ("2027-01-26", "kept")}
    one.on("2027-01-25")
    assert one.subjects() == []
    one.correct("council_of_state_application", "letter", "2027-01-15")
    assert one.dates() == {"council_of_state_until": ("2027-01-26", "running")}
    assert one.subjects() == [BEFORE + " demain"]
    one.on("2027-01-27")
    assert one.dates() == {"council_of_state_until": ("2027-01-26", "missed")}


def test_a_default_judgment_and_an_opposition(follow):
    one = follow("2026-09-08", "BRU_LEASE")
    one.act("default_judgment", "2026-09-01")
    one.act("service", "2026-09-07")
    assert one.dates() == {
        "appeal_until": ("2026-10-07", "running"),
        "opposition_until": ("2026-10-07", "running"),
        "eviction_not_before": ("2026-10-08", "running"),
    }
    one.subjects()
    one.on("2026-09-23")
    assert one.subjects() == [
        BEFORE + " dans 14 jours",
        BEFORE + " dans 14 jours (à confirmer)",
    ]
    one.act("opposition", "2026-09-24")
    assert one.dates()["opposition_until"][1] == "kept"
    assert one.dates()["eviction_not_before"][1] == "moot"
    one.on("2026-10-06")
    assert one.subjects() == [BEFORE + " demain"]
    one.correct("opposition", "letter", "2026-09-24")
    assert one.dates()["opposition_until"][1] == "running"
    assert one.dates()["eviction_not_before"][1] == "running"
    assert one.subjects() == [BEFORE + " demain (à confirmer)"]


def test_an_appeal_and_a_stay(follow):
    one = follow("2026-04-02", "BRU_LEASE")
    one.act("judgment", "2026-03-23")
    one.act("service", "2026-04-01")
    assert one.dates()["appeal_until"] == ("2026-05-04", "running")
    assert one.dates()["eviction_not_before"] == ("2026-05-04", "running")
    one.on("2026-04-21")
    one.act("appeal", "2026-04-20")
    assert one.dates()["appeal_until"] == ("2026-05-04", "kept")
    assert one.dates()["eviction_not_before"] == ("2026-05-04", "running")
    one.act("stay", "2026-04-21", until_on="2026-06-30")
    assert one.dates()["eviction_not_before"] == ("2026-07-01", "running")
    one.subjects()
    one.act("eviction", "2026-06-15")
    assert one.against("eviction") == [("before-lawful-date", True)]
    assert TODAY in one.subjects()
    one.act("eviction_postponed", "2026-04-21")
    assert one.dates()["eviction_not_before"] == ("2026-07-01", "running")
    one.on("2026-06-26")
    one.act("appeal_judgment", "2026-06-25")
    one.act("claim_withdrawn", "2026-06-26")
    assert one.dates()["appeal_until"] == ("2026-05-04", "kept")
    assert one.dates()["eviction_not_before"][1] == "moot"
    assert one.lawful_from() is None
