"""F39, F72: a hearing that ends without another date, in the procedure and in the calendars."""

from datetime import UTC, datetime

import pytest

from tests.calendars.test_calendar import invitations_of, move, read, subscribe
from tests.cases.closings.test_closing import closing
from tests.evictions.hearing_lists.test_hearing_list import upload
from tests.journeys.steps import (
    consent,
    join,
    mails_about,
    open_shared_case,
    org,
    propose,
    set_hearing,
    sweep,
    take_over,
)
from tests.people import Network

HEARING = "2026-05-12T09:00:00+02:00"


@pytest.fixture
def case(network: Network):
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    return open_shared_case(network)


def call_off(network, procedure, because="struck_from_roll", *, who="rw1", status=200):
    hearing = procedure["hearings"][-1]
    return network[who].post(
        f"/api/v1/procedures/{procedure['id']}/hearings/{hearing['id']}/calling-off",
        {"because": because},
        status=status,
        **{"If-Match": f'"v{hearing["version"]}"'},
    )


def test_it_stays_with_its_reason_and_its_reminders_end(network, case):
    procedure = set_hearing(network, case, HEARING)
    after = call_off(network, procedure, "omitted_from_roll")
    (hearing,) = after["hearings"]
    assert (hearing["state"], hearing["called_off_because"]) == ("cancelled", "omitted_from_roll")
    assert hearing["called_off_at"] == "2026-02-18T09:00:00Z"
    (act,) = after["acts"]
    assert act["lapsed_at"] == hearing["called_off_at"]
    due = "SELECT count(*) FROM alerts WHERE kind = 'evictions.hearing_approaching' AND state = %s"
    assert network.rows(due, "planned") == [(0,)]
    assert network["rw1"].get("/api/v1/deadlines?about=hearing&last_day=2026-06-01")["items"] == []
    (line,) = network["rw1"].get("/api/v1/procedures")["items"]
    assert (line["last_act"], line["next_hearing_at"]) == (None, None)
    # What was recorded last month can be told as such.
    (trace,) = network.rows("SELECT after FROM audit_entries WHERE action = 'call_off_hearing'")
    assert trace[0]["because"] == "omitted_from_roll"


def test_calendars_drop_it_under_the_name_they_know(network, case):
    procedure = set_hearing(network, case, HEARING)
    network.work()
    procedure = move(network, procedure, "2026-05-19T10:30:00+02:00")
    network.work()
    call_off(network, procedure, "withdrawn")
    network.work()
    first, second, last = invitations_of(network, "rw1")
    assert last.method.value == "CANCEL"
    assert last.vevent.status.value == "CANCELLED"
    assert {first.vevent.uid.value, second.vevent.uid.value} == {last.vevent.uid.value}
    assert int(last.vevent.sequence.value) > int(second.vevent.sequence.value)
    assert last.vevent.dtstart.value == second.vevent.dtstart.value
    assert last.vevent.attendee.value == f"mailto:{network['rw1'].email}"
    feed = read(network, subscribe(network, "rw1"))[f"RDV {case['code']}"]
    assert feed.status.value == "CANCELLED"
    assert feed.sequence.value == last.vevent.sequence.value
    assert feed.uid.value == last.vevent.uid.value


def test_of_one_that_began_the_result_is_recorded_instead_and_no_calendar_changes(network, case):
    procedure = set_hearing(network, case, HEARING)
    network.work()
    network.clock.set(datetime(2026, 5, 12, 8, 0, tzinfo=UTC))
    assert call_off(network, procedure, status=422)["code"] == "hearing-already-began"
    (hearing,) = procedure["hearings"]
    after = network["rw1"].post(
        f"/api/v1/procedures/{procedure['id']}/hearings/{hearing['id']}/result",
        {"result": "adjourned"},
        status=200,
        **{"If-Match": f'"v{hearing["version"]}"'},
    )
    network.work()
    assert [each.method.value for each in invitations_of(network, "rw1")] == ["REQUEST"]
    # It was held on that day: what runs from it runs on.
    assert after["acts"][0]["lapsed_at"] is None


def test_it_is_called_off_once_and_another_can_be_set(network, case):
    procedure = call_off(network, set_hearing(network, case, HEARING), "adjourned_sine_die")
    assert call_off(network, procedure, status=409)["code"] == "hearing-not-set"
    path = f"/api/v1/procedures/{procedure['id']}/hearings"
    view = network["rw1"].post(path, {"starts_at": "2026-09-08T09:00:00+02:00"})
    assert [each["state"] for each in view["hearings"]] == ["cancelled", "set"]
    events = read(network, subscribe(network, "rw1"))
    assert events[f"RDV {case['code']}"] is not None
    sweep(network)
    # Two appointments, told in one sweep: in any order.
    told = sorted(each.method.value for each in invitations_of(network, "rw1"))
    assert told == ["CANCEL", "REQUEST"]


def test_its_mail_says_so_and_asks_for_nothing(network, case):
    join(network, case, "rw2", "generalist")
    procedure = set_hearing(network, case, HEARING)
    call_off(network, procedure)
    network.work()
    (mail,) = mails_about(network, "rw1", "date annulée")
    assert case["code"] in mail["subject"]
    assert "n’a pas lieu" in mail.get_body(("plain",)).get_content()
    # Nothing that was called off stands in the way of a closing.
    counts = closing(network, case)["open_items"]
    assert (counts["hearings"], counts["urgent_alerts"]) == (0, 0)


def post(network, procedure, status=201, **more):
    body = {"kind": "hearing_cancelled", "because": "struck_from_roll"} | more
    path = f"/api/v1/procedures/{procedure['id']}/postings"
    return network["liaison"].post(path, body, status=status)


def test_the_liaison_posts_it_and_the_reference_worker_confirms_the_difference(network, case):
    procedure = set_hearing(network, case, HEARING)
    posting = post(network, procedure)
    assert network["rw1"].get(f"/api/v1/postings/{posting['id']}")["difference"] == [
        {"field": "state", "before": "set", "after": "cancelled"},
        {"field": "called_off_because", "before": None, "after": "struck_from_roll"},
    ]
    now = network["rw1"].get(f"/api/v1/procedures/{procedure['id']}")
    assert [each["state"] for each in now["hearings"]] == ["set"]
    after = network["rw1"].post(f"/api/v1/postings/{posting['id']}/confirmation", status=200)
    (hearing,) = after["hearings"]
    assert (hearing["state"], hearing["called_off_because"]) == ("cancelled", "struck_from_roll")
    assert post(network, procedure, status=409)["code"] == "hearing-not-set"


def test_a_posting_about_a_hearing_that_moved_since_calls_off_nothing(network, case):
    procedure = set_hearing(network, case, HEARING)
    posting = post(network, procedure)
    move(network, procedure, "2026-05-19T10:30:00+02:00")
    refused = network["rw1"].post(f"/api/v1/postings/{posting['id']}/confirmation", status=409)
    assert refused["code"] == "hearing-not-set"
    network["rw1"].post(f"/api/v1/postings/{posting['id']}/rejection", status=200)


def test_a_posting_says_its_reason_or_is_none(network, case):
    procedure = set_hearing(network, case, HEARING)
    path = f"/api/v1/procedures/{procedure['id']}/postings"
    for body in ({"kind": "hearing_cancelled"}, {"kind": "judgment_set", "because": "settled"}):
        refused = network["liaison"].post(path, body, status=422)
        assert refused["code"] == "posting-needs-a-reason"


# As lists say it, in both languages.
WORDS_OF_LISTS = {
    "Radiation": "struck_from_roll",
    "omise": "omitted_from_roll",
    "Afstand": "withdrawn",
    "remise sine die": "adjourned_sine_die",
    "minnelijke schikking": "settled",
}


def test_a_hearing_list_says_it_too(network, case):
    """One hearing after the other of one procedure."""
    path = f"/api/v1/procedures/{set_hearing(network, case, HEARING)['id']}"
    for day, (word, because) in enumerate(WORDS_OF_LISTS.items(), start=12):
        if day > 12:
            body = {"starts_at": f"2026-05-{day}T09:00:00+02:00"}
            network["rw1"].post(f"{path}/hearings", body)
        text = f"canton;rol;datum;uur;type\nSchaerbeek 1;26A100;{day}/05/2026;9u00;{word}"
        found = upload(network, text)
        assert (found["proposed"], found["doubtful"]) == (1, 0), word
        again = upload(network, text)
        assert (again["known"], again["proposed"]) == (1, 0), word
        (posting,) = [
            each for each in network["rw1"].get(path)["postings"] if each["state"] == "posted"
        ]
        assert (posting["kind"], posting["because"]) == ("hearing_cancelled", because)
        network["rw1"].post(f"/api/v1/postings/{posting['id']}/confirmation", status=200)
        assert upload(network, text)["known"] == 1, word


def test_a_list_about_another_day_is_doubtful_and_said_by_the_liaison(network, case):
    procedure = set_hearing(network, case, HEARING)
    text = "canton;rol;datum;type\nSchaerbeek 1;26A100;13/05/2026;radiation"
    found = upload(network, text)
    path = f"/api/v1/hearing-lists/{found['id']}/rows"
    (row,) = network["liaison"].get(f"{path}?state=doubtful")["items"]
    assert row["problem"] == "other-hearing"
    network["liaison"].post(f"{path}/{row['id']}/acceptance", {}, status=200)
    (posting,) = network["rw1"].get(f"/api/v1/procedures/{procedure['id']}")["postings"]
    assert posting["because"] == "struck_from_roll"


def methods(network, who):
    return [each.method.value for each in invitations_of(network, who)]


def test_after_a_handover_the_new_worker_is_invited_and_the_former_one_let_go(network, case):
    set_hearing(network, case, HEARING)
    network.work()
    take_over(network, propose(network, case), "rw2")
    network.work()
    (theirs,), (mine, gone) = (invitations_of(network, who) for who in ("rw2", "rw1"))
    assert (theirs.method.value, gone.method.value) == ("REQUEST", "CANCEL")
    assert theirs.vevent.attendee.value == f"mailto:{network['rw2'].email}"
    assert {theirs.vevent.uid.value, gone.vevent.uid.value} == {mine.vevent.uid.value}
    assert gone.vevent.attendee.value == f"mailto:{network['rw1'].email}"
    (mail,) = mails_about(network, "rw1", "date retirée")
    assert "Vous n’allez plus à l’audience" in mail.get_body(("plain",)).get_content()
    # Once, however often the sweepers come by.
    for _ in range(2):
        network.clock.advance(minutes=1)
        sweep(network)
    assert (methods(network, "rw2"), methods(network, "rw1")) == (
        ["REQUEST"],
        ["REQUEST", "CANCEL"],
    )


def test_who_takes_it_back_is_invited_again(network, case):
    set_hearing(network, case, HEARING)
    network.work()
    take_over(network, propose(network, case), "rw2")
    network.work()
    take_over(network, propose(network, case, "rw2", "rw1"), "rw1")
    network.work()
    assert methods(network, "rw1") == ["REQUEST", "CANCEL", "REQUEST"]
    assert methods(network, "rw2") == ["REQUEST", "CANCEL"]


def test_a_former_worker_who_stays_in_the_team_keeps_it(network, case):
    set_hearing(network, case, HEARING)
    network.work()
    recipient = {"recipient_kind": "organisation", "recipient_id": org(network, "rw1")}
    consent(network, case, recipient, ["identity", "procedure"])
    take_over(network, propose(network, case, stays=True), "rw2")
    network.work()
    assert (methods(network, "rw1"), methods(network, "rw2")) == (["REQUEST"], ["REQUEST"])


def test_a_hearing_called_off_or_held_is_nothing_to_take_over(network, case):
    procedure = set_hearing(network, case, HEARING)
    network.work()
    call_off(network, procedure)
    network.work()
    take_over(network, propose(network, case), "rw2")
    network.work()
    assert methods(network, "rw2") == []
    assert methods(network, "rw1") == ["REQUEST", "CANCEL"]


def test_who_stands_in_has_it_for_as_long_as_they_do(network, case):
    set_hearing(network, case, HEARING)
    network.work()
    body = {"substitute_id": network["colleague"].id}
    body |= {"first_day": "2026-03-02", "last_day": "2026-03-13"}
    network["rw1"].post("/api/v1/me/substitutions", body)
    sweep(network)
    assert methods(network, "colleague") == []
    network.clock.set(datetime(2026, 3, 2, 8, 0, tzinfo=UTC))
    sweep(network)
    assert methods(network, "colleague") == ["REQUEST"]
    network.clock.set(datetime(2026, 3, 14, 8, 0, tzinfo=UTC))
    sweep(network)
    sweep(network)
    assert methods(network, "colleague") == ["REQUEST", "CANCEL"]
    assert methods(network, "rw1") == ["REQUEST"]


def test_a_move_after_the_handover_reaches_the_new_worker_alone(network, case):
    procedure = set_hearing(network, case, HEARING)
    network.work()
    take_over(network, propose(network, case), "rw2")
    network.work()
    hearing = procedure["hearings"][-1]
    network["rw2"].post(
        f"/api/v1/procedures/{procedure['id']}/hearings/{hearing['id']}/move",
        {"starts_at": "2026-05-19T10:30:00+02:00"},
        status=200,
        **{"If-Match": f'"v{hearing["version"]}"'},
    )
    sweep(network)
    assert methods(network, "rw2") == ["REQUEST", "REQUEST"]
    assert methods(network, "rw1") == ["REQUEST", "CANCEL"]
