"""J5.3: the liaison uploads a hearing list; what is ours is proposed, strangers are forgotten."""

import time
from datetime import UTC, datetime

import pytest

from services.evictions.hearing_lists import matching_run as hearing_list_matching
from services.evictions.hearing_lists.matching_run import advance_matching
from tests.families import family
from tests.journeys.steps import open_shared_case, sweep
from tests.once.beginnings import beginning
from tests.slices import times

HEADER = "Canton;N° de rôle;Date;Heure;Salle;Nom;Adresse"
CANARIES = ("Zbigniew Markername", "Rue Markerstreet 7", "markerfile")


@beginning
def procedure(network, roll, *, canton="Schaerbeek 1", sees=("procedure",)):
    case = open_shared_case(network, liaison_sees=sees)
    made = network["rw1"].post(
        f"/api/v1/cases/{case['id']}/procedures", {"canton": canton, "roll_number": roll}
    )
    return case, made


@pytest.fixture
@beginning
def ours(network):
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    return [procedure(network, roll) for roll in ("26A100", "26A2000", "26A31415", "26A777")]


def row(roll, canton="Schaerbeek 1", day="21/04/2026", hour="9h00", room="2"):
    return f"{canton};{roll};{day};{hour};{room};{CANARIES[0]};{CANARIES[1]}"


def upload(network, content, *, status=202, who="liaison"):
    if isinstance(content, str):
        content = content.encode()
    name = f"{CANARIES[2]}.csv"
    answer = network[who].upload("/api/v1/hearing-lists", name, content, status=status)
    if status != 202:
        return answer.json()
    while match_a_batch(network):
        pass
    return network[who].get(answer.headers["Location"])


def match_a_batch(network):
    with network.runtime.transaction() as uow:
        return advance_matching(uow=uow)


def rows_of(network, found, state):
    path = f"/api/v1/hearing-lists/{found['id']}/rows?state={state}&limit=100"
    return network["liaison"].get(path)["items"]


def counts(found):
    names = ("rows", "proposed", "known", "doubtful", "unmatched", "broken", "forgotten")
    return tuple(found[name] for name in names)


def forget_what_was_posted(network):
    """Or a list that says it again would say what is known."""
    network.database.execute("DELETE FROM postings; DELETE FROM hearing_list_rows")


STRANGERS = [row(f"25B{number}X", "Schaerbeek 1") for number in range(9000, 9160, 10)]


def test_twenty_rows_three_match_one_is_doubtful_sixteen_are_strangers(network, ours):
    mine = [row("26A100"), row("26 a2000"), row("26A31415", canton="SCHAERBEEK-1"), row("26A776")]
    found = upload(network, "\n".join([HEADER, *mine, *STRANGERS]))
    assert counts(found) == (20, 3, 0, 1, 16, 0, 0)
    assert found["done"] == 20
    assert network["liaison"].get(f"/api/v1/hearing-lists/{found['id']}") == found
    (doubtful,) = rows_of(network, found, "doubtful")
    assert doubtful["procedure_roll_number"] == "26A777"
    assert (doubtful["problem"], doubtful["line"]) == ("roll-number-near", 5)
    path = f"/api/v1/hearing-lists/{found['id']}/rows/{doubtful['id']}"
    after = network["liaison"].post(f"{path}/acceptance", {}, status=200)
    assert counts(after) == (20, 4, 0, 0, 16, 0, 0)
    network["liaison"].call("POST", f"{path}/rejection", status=409)
    # The reference worker confirms against the difference.
    for _, made in ours:
        seen = network["rw1"].get(f"/api/v1/procedures/{made['id']}")
        (posting,) = seen["postings"]
        assert posting["starts_at"] == "2026-04-21T07:00:00Z"
        confirm = f"/api/v1/postings/{posting['id']}/confirmation"
        applied = network["rw1"].post(confirm, status=200)
        assert [h["room"] for h in applied["hearings"]] == ["2"]
    again = upload(network, "\n".join([HEADER, *mine[:3]]))
    assert counts(again) == (3, 0, 3, 0, 0, 0, 0)


def test_after_two_days_the_strangers_are_gone_but_for_their_number(network, ours):
    found = upload(network, "\n".join([HEADER, row("26A100"), *STRANGERS]))
    network.clock.advance(hours=47, minutes=59)
    sweep(network)
    assert len(rows_of(network, found, "unmatched")) == 16
    network.clock.advance(minutes=1)
    assert rows_of(network, found, "unmatched") == []
    sweep(network)
    assert network.rows("SELECT count(*) FROM hearing_list_rows") == [(1,)]
    after = network["liaison"].get(f"/api/v1/hearing-lists/{found['id']}")
    assert counts(after) == (17, 1, 0, 0, 0, 0, 16)


def test_hidden_is_told_like_unknown(network, ours):
    """Another canton, no consent, a consent withdrawn since: each is a stranger."""
    procedure(network, "26C500", sees=("work",))
    procedure(network, "26D600", canton="Ixelles")
    lines = [row("26C500"), row("26C501"), row("26D600", canton="Ixelles"), row("26A100")]
    found = upload(network, "\n".join([HEADER, *lines]))
    unknown = upload(network, "\n".join([HEADER, *[line.replace(";26", ";99") for line in lines]]))
    assert counts(found) == (4, 1, 0, 0, 3, 0, 0)
    assert counts(unknown) == (4, 0, 0, 0, 4, 0, 0)
    passing = {"id": "", "roll_number": ""}
    hidden = [each | passing for each in rows_of(network, found, "unmatched")]
    assert hidden == [each | passing for each in rows_of(network, unknown, "unmatched")[:3]]
    consents = f"/api/v1/cases/{ours[0][0]['id']}/consents"
    for given in network["rw1"].get(consents)["items"]:
        if given["provisions"][0]["recipient_role"] == "liaison":
            path = f"{consents}/{given['id']}/withdrawal"
            network["rw1"].post(path, status=200, If_Match='"v1"')
    after = network["liaison"].get(f"/api/v1/hearing-lists/{found['id']}")
    assert counts(after) == (4, 0, 0, 0, 4, 0, 0)
    last = rows_of(network, found, "unmatched")[-1]
    assert (last["procedure_id"], last["case_code"], last["state"]) == (None, None, "unmatched")
    network.clock.advance(hours=48)
    after = network["liaison"].get(f"/api/v1/hearing-lists/{found['id']}")
    assert counts(after) == (4, 0, 0, 0, 0, 0, 4)


def test_nothing_else_of_the_file_is_kept_anywhere(network, ours, capsys, caplog, settings):
    broken = row("=cmd()") + ";Markercell"
    upload(network, "\n".join([HEADER, row("26A100"), broken, row("26A999", day="Markerday")]))
    network.work()
    marks = (*CANARIES, "Marker", "cmd()")
    written = caplog.text + "".join(capsys.readouterr())
    for (table,) in network.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        written += str(network.rows(f"SELECT string_agg(t::text, ' ') FROM {table} t"))
    for path in settings.data_dir.rglob("*"):
        written += path.read_bytes().decode("latin-1") if path.is_file() else path.name
    written += "".join(mail.as_string() for mail in network.postbox.received)
    assert [mark for mark in marks if mark in written] == []


def test_each_broken_row_says_what_is_wrong(network, ours):
    broken = {
        "=26A100": "formula",
        "": "roll_number-missing",
        "9" * 51: "too-long",
        "26\x07A": "unreadable",
    }
    lines = [row(roll) for roll in broken]
    lines += [row("26A1", day="31/02/2026"), row("26A1", hour="25h"), row("26A1", canton="")]
    found = upload(network, "\n".join([HEADER, *lines]))
    seen = rows_of(network, found, "broken")
    wanted = [*broken.values(), "date-unreadable", "time-unreadable", "canton-missing"]
    assert [each["problem"] for each in seen] == wanted
    assert {each["roll_number"] for each in seen} == {None}


@family("delimiter", [";", ",", "\t", "|"])
@family("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
def test_any_common_delimiter_and_encoding(network, ours, delimiter, encoding):
    forget_what_was_posted(network)
    text = "\r\n".join([HEADER, row("26A100")]).replace(";", delimiter)
    assert counts(upload(network, text.encode(encoding)))[:2] == (1, 1)


@family(
    "text",
    [
        "Vredegerecht;Rolnummer;Zittingsdatum;Uur;Zaal\nSchaerbeek 1;26A100;21-04-2026;9u00;2",
        "Court,Roll No.,Date,Time,Room\nSchaerbeek 1,26A100,2026-04-21,09:00,2",
        'sep=;\nCanton;Rôle;Date\n"Schaerbeek 1";="26A100";2026-04-21 09:00:00',
    ],
)
def test_headers_in_three_languages(network, ours, text):
    forget_what_was_posted(network)
    assert counts(upload(network, text))[:2] == (1, 1)


def test_without_an_hour_of_another_type_or_past_a_person_decides(network, ours):
    header = "canton;rol;datum;uur;type"
    lines = [
        *("Schaerbeek 1;26A100;21/04/2026;;", "Schaerbeek 1;26A2000;21/04/2026;9h;Markertype"),
        *("Schaerbeek 1;26A31415;21/04/2025;9h;zitting", "Schaerbeek 1;26A777;5/5/2026;;vonnis"),
    ]
    found = upload(network, "\n".join([header, *lines]))
    doubtful = rows_of(network, found, "doubtful")
    assert [each["problem"] for each in doubtful] == ["time-missing", "kind-unknown", "date-past"]
    path = f"/api/v1/hearing-lists/{found['id']}/rows/{doubtful[0]['id']}"
    network["liaison"].call("POST", f"{path}/acceptance", {}, status=422)
    when = {"starts_at": "2026-04-21T10:00:00+02:00"}
    after = network["liaison"].post(f"{path}/acceptance", when, status=200)
    assert counts(after) == (4, 2, 0, 2, 0, 0, 0)
    path = f"/api/v1/hearing-lists/{found['id']}/rows/{doubtful[2]['id']}"
    after = network["liaison"].post(f"{path}/rejection", status=200)
    assert counts(after) == (4, 2, 0, 1, 1, 0, 0)


def test_beside_a_number_on_the_list_stand_strangers(network, ours):
    found = upload(network, "\n".join([HEADER, row("26A100"), row("26A101"), row("26/A/0777")]))
    assert counts(found) == (3, 1, 0, 1, 1, 0, 0)


def test_a_list_is_its_liaisons_alone(network, ours):
    found = upload(network, "\n".join([HEADER, row("26A100")]))
    path = f"/api/v1/hearing-lists/{found['id']}"
    for who in ("other_liaison", "rw1", "coordinator"):
        network[who].call("GET", path, status=404)
        network[who].call("GET", f"{path}/rows", status=404)
        assert network[who].get("/api/v1/hearing-lists")["items"] == []
    upload(network, HEADER, who="rw1", status=403)


@family(
    "content, code",
    [
        (b"", "list-columns-missing"),
        (b"a;b\n1;2", "list-columns-missing"),
        (b"PK\x03\x04" + b"\0\1" * 100, "list-columns-missing"),
        (HEADER.encode() + b"\n" + b"x;1;2\n" * 10_001, "list-too-long"),
        (HEADER.encode() + b'\n"' + b"x" * 200_000, "list-unreadable"),
    ],
)
def test_what_is_no_list_is_refused_whole(network, ours, content, code):
    assert upload(network, content, status=422)["code"] == code
    assert network.rows("SELECT count(*) FROM hearing_lists") == [(0,)]


def test_ten_thousand_rows(network, ours, figures):
    number_of_rows = times(10_000, 1_000)
    lines = [row(f"25Z{number:06}") for number in range(number_of_rows - len(ours))]
    lines += [row(made["roll_number"]) for _, made in ours]
    started = time.perf_counter()
    found = upload(network, "\n".join([HEADER, *lines]))
    took = time.perf_counter() - started
    figures("a long hearing list", rows=number_of_rows, seconds=round(took, 2))
    assert counts(found) == (number_of_rows, 4, 0, 0, number_of_rows - 4, 0, 0)


def answer_to(network, lines):
    content = "\n".join([HEADER, *lines]).encode()
    return network["liaison"].upload("/api/v1/hearing-lists", "list.csv", content, status=202)


def test_the_answer_comes_before_the_rows_are_looked_at(network, ours, monkeypatch):
    monkeypatch.setattr(hearing_list_matching, "BATCH", 3)
    mine = [row("26A100"), row("26A100", day="22/04/2026"), row("26A776"), row("26A777")]
    answer = answer_to(network, [*mine, row("=26A"), row("25B1")])
    assert (answer.json()["rows"], answer.json()["done"]) == (6, 1)
    assert answer.headers["Retry-After"] == "1"
    path = answer.headers["Location"]
    waiting = network["liaison"].get(f"{path}/rows?state=waiting")["items"]
    assert [each["problem"] for each in waiting] == [None] * 5
    match_a_batch(network)
    seen = network["liaison"].call("GET", path)
    assert (seen.json()["done"], seen.headers["Retry-After"]) == (4, "1")
    # 26A776 is beside 26A777, which stands in the batch to come: a stranger.
    assert counts(seen.json()) == (6, 1, 0, 1, 1, 1, 0)
    match_a_batch(network)
    seen = network["liaison"].call("GET", path)
    assert (seen.json()["done"], "Retry-After" in seen.headers) == (6, False)
    assert counts(seen.json()) == (6, 2, 0, 1, 2, 1, 0)
    assert match_a_batch(network) == 0


def match_a_batch_and_die(network):
    with network.runtime.transaction() as uow:
        assert advance_matching(uow=uow) == 2
        raise KeyboardInterrupt


def test_who_is_interrupted_posts_nothing_twice(network, ours, monkeypatch):
    """A batch that dies before its commit leaves its rows to the next worker."""
    monkeypatch.setattr(hearing_list_matching, "BATCH", 2)
    answer_to(network, [row("26A100"), row("26A2000"), row("26A31415"), row("26A777")])
    match_a_batch(network)
    with pytest.raises(KeyboardInterrupt):
        match_a_batch_and_die(network)
    states = "SELECT state, count(*) FROM hearing_list_rows GROUP BY state ORDER BY state"
    assert network.rows(states) == [("proposed", 2), ("waiting", 2)]
    sweep(network)
    assert network.rows("SELECT count(*), count(DISTINCT procedure_id) FROM postings") == [(4, 4)]
    assert network.rows(states) == [("proposed", 4)]
    who = "SELECT DISTINCT actor_id::text FROM audit_entries WHERE action = 'post_date'"
    assert network.rows(who) == [(network["liaison"].id,)]
    assert network.mails("rw1")


def test_two_workers_share_a_list(network, ours, monkeypatch):
    monkeypatch.setattr(hearing_list_matching, "BATCH", 2)
    answer_to(network, [row("26A100"), row("26A2000"), row("26A100"), row("26A777")])
    with network.runtime.transaction() as one:
        assert advance_matching(uow=one) == 2
        assert match_a_batch(network) == 2
    problem = "SELECT problem FROM hearing_list_rows WHERE state = 'doubtful'"
    assert network.rows(problem) == [("twice",)]
    assert network.rows("SELECT count(*) FROM postings") == [(3,)]


def test_what_is_lost_before_the_match_is_a_strangers(network, ours):
    """Consent withdrawn while the rows wait: the workers see no more than the liaison."""
    answer = answer_to(network, [row("26A100"), row("26A2000")])
    consents = f"/api/v1/cases/{ours[0][0]['id']}/consents"
    for given in network["rw1"].get(consents)["items"]:
        if given["provisions"][0]["recipient_role"] == "liaison":
            path = f"{consents}/{given['id']}/withdrawal"
            network["rw1"].post(path, status=200, If_Match='"v1"')
    match_a_batch(network)
    after = network["liaison"].get(answer.headers["Location"])
    assert counts(after) == (2, 1, 0, 0, 1, 0, 0)
    assert network.rows("SELECT count(*) FROM postings") == [(1,)]


def test_rows_that_nobody_looked_at_go_after_two_days_too(network, ours):
    answer = answer_to(network, [row("26A100")])
    network.clock.advance(hours=48)
    after = network["liaison"].get(answer.headers["Location"])
    assert (counts(after), after["done"]) == ((1, 0, 0, 0, 0, 0, 1), 1)
    sweep(network)
    assert network.rows("SELECT count(*) FROM hearing_list_rows") == [(0,)]
    assert network.rows("SELECT count(*) FROM postings") == [(0,)]
