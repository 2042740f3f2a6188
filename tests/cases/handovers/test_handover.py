"""J2 whole, and what a handover must never do: pass a personal note, hide an urgent date, expire
unheard, lose a task, or refuse a former holder.
"""

from datetime import UTC, datetime

import pytest

from services.cases.handovers.commands import expire_handovers
from tests.journeys.steps import (
    consent,
    join,
    mails_about,
    note,
    open_shared_case,
    org,
    propose,
    reference_of,
    set_hearing,
    sweep,
    take_over,
)
from tests.once.beginnings import beginning
from tests.people import Network


@pytest.fixture
@beginning
def case(network: Network):
    network.clock.set(datetime(2026, 7, 20, 8, 0, tzinfo=UTC))
    case = open_shared_case(network)
    join(network, case, "rw2", "generalist")
    return case


def acknowledge_all(network: Network, who: str) -> None:
    for alert in network[who].get("/api/v1/alerts")["items"]:
        network[who].post(f"/api/v1/alerts/{alert['id']}/acknowledgement", status=200)


def test_j2_absence_and_handover(network, case):
    rw1, rw2, colleague = network["rw1"], network["rw2"], network["colleague"]
    file = f"/api/v1/cases/{case['id']}"
    # 25 August: told on 11, 18, 21 (the 22nd is a Saturday) and 24 August.
    set_hearing(network, case, "2026-08-25T09:00:00+02:00")
    note(network, case, "rw1", "Rang the tenant.")
    note(network, case, "rw1", "Too much for me.", personal=True)

    # 1. A substitute from 3 to 14 August.
    days = {"first_day": "2026-08-03", "last_day": "2026-08-14"}
    rw1.post("/api/v1/me/substitutions", {"substitute_id": colleague.id, **days})
    colleague.call("GET", file, status=404)
    network.clock.set(datetime(2026, 8, 11, 7, 0, 1, tzinfo=UTC))
    network.work()
    assert len(mails_about(network, "rw1", "Audience")) == 1
    assert len(mails_about(network, "colleague", "Audience")) == 1
    assert colleague.get(file)["code"] == case["code"]
    network.clock.set(datetime(2026, 8, 14, 22, 0, tzinfo=UTC))
    colleague.call("GET", file, status=404)
    network.clock.set(datetime(2026, 8, 18, 7, 0, 1, tzinfo=UTC))
    network.work()
    assert len(mails_about(network, "rw1", "Audience")) == 2
    assert len(mails_about(network, "colleague", "Audience")) == 1

    # 2. The household asks for RW2; two urgent alerts wait.
    wish = {"wanted_id": rw2.id, "reason": "Speaks Dutch with us"}
    rw1.post(f"{file}/worker-requests", wish)
    network.work()
    assert len(mails_about(network, "coordinator", case["code"])) == 1
    asked = {"to_id": rw2.id, "reason": "The household asked", "former_stays": False}
    refused = rw1.call("POST", f"{file}/handovers", asked, status=409).json()
    assert (refused["code"], refused["count"]) == ("urgent-alert-unacknowledged", 2)
    acknowledge_all(network, "rw1")
    handover = propose(network, case)
    assert reference_of(network, case) == rw1.id

    # 3. RW2 opens the package, ticks it and accepts on 20 August at 9:00.
    package = rw2.get(f"/api/v1/handovers/{handover['id']}")
    assert len(package["hearings"]) == 1
    assert len(package["tasks"]) == 5
    assert package["deadlines"] == [] or package["deadlines"][0]["date"]
    (shared,) = package["consents"]
    assert shared["categories"] == ["identity", "tenancy", "procedure"]
    assert package["last_contact_at"] == "2026-07-20T08:00:00Z"
    path = f"/api/v1/handovers/{handover['id']}"
    incomplete = rw2.call("POST", f"{path}/acceptance", status=409).json()
    assert incomplete["code"] == "checklist-incomplete"
    full = [line["item"] for line in package["checklist"] if not line["empty"]]
    rw2.post(f"{path}/checklist", {"items": full[:-1]}, status=200)
    still = rw2.call("POST", f"{path}/acceptance", status=409).json()
    assert still["missing"] == full[-1]
    rw2.post(f"{path}/checklist", {"items": full}, status=200)
    network.clock.set(datetime(2026, 8, 20, 7, 0, tzinfo=UTC))
    rw2.post(f"{path}/acceptance", status=200)
    opened = rw2.get(file)
    assert opened["reference_worker"]["professional_id"] == rw2.id
    assert opened["reference_worker"]["since"] == "2026-08-20T07:00:00Z"
    assert [n["body"] for n in opened["notes"]] == ["Rang the tenant."]
    assert opened["worker_requests"] == []
    assert rw2.get(f"{file}/worker-requests")["items"][0]["state"] == "met"
    rw1.call("GET", file, status=404)
    (inform,) = [
        t
        for t in rw2.get(f"{file}/tasks")["items"]
        if t["template"] is not None and t["template"] == "inform_household"
    ]
    assert (
        inform["title"]
        == "Het huishouden in zijn taal (fr) laten weten wie zijn referentiepersoon is"
    )
    network.clock.set(datetime(2026, 8, 21, 7, 0, 1, tzinfo=UTC))
    network.work()
    assert len(mails_about(network, "rw2", "Zitting")) == 1
    assert len(mails_about(network, "rw1", "Audience")) == 2

    # 4. Second run: no answer in five days.
    network.clock.set(datetime(2026, 8, 26, 8, 0, tzinfo=UTC))
    second = propose(network, case, "rw2", "rw1")
    network.clock.advance(days=5)
    sweep(network)
    assert rw2.get(f"/api/v1/handovers/{second['id']}")["state"] == "expired"
    assert reference_of(network, case) == rw2.id
    assert len(mails_about(network, "coordinator", "Reprise restée sans réponse")) == 1
    assert len(mails_about(network, "rw2", "niet beantwoord")) == 1
    assert mails_about(network, "rw1", "Reprise restée") == []
    # And RW1, who was the reference worker before, can be it again.
    take_over(network, propose(network, case, "rw2", "rw1"), "rw1")
    assert reference_of(network, case) == rw1.id
    history = network.rows(
        "SELECT professional_id, lower(period), upper(period) FROM reference_assignments"
        " WHERE case_id = %s ORDER BY period",
        case["id"],
    )
    assert [str(row[0]) for row in history] == [rw1.id, rw2.id, rw1.id]
    assert [row[2] for row in history[:-1]] == [row[1] for row in history[1:]]


def test_a_former_holder_comes_back_whether_they_stayed_or_left(network, case):
    for stays in (True, False, True):
        take_over(network, propose(network, case, "rw1", "rw2", stays=stays), "rw2")
        take_over(network, propose(network, case, "rw2", "rw1", stays=stays), "rw1")
    assert reference_of(network, case) == network["rw1"].id


def test_an_urgent_alert_blocks_only_while_its_hearing_is_ahead(network, case):
    set_hearing(network, case, "2026-08-04T09:00:00+02:00")
    sweep(network)
    body = {"to_id": network["rw2"].id, "reason": "Leaving", "former_stays": False}
    path = f"/api/v1/cases/{case['id']}/handovers"
    network["rw1"].call("POST", path, body, status=409)
    network.clock.set(datetime(2026, 8, 4, 7, 0, 1, tzinfo=UTC))
    network["rw1"].post(path, body)


def test_a_colleague_who_stands_in_can_acknowledge_the_urgent_alert(network, case):
    days = {"first_day": "2026-07-20", "last_day": "2026-07-31"}
    colleague = network["colleague"]
    network["rw1"].post("/api/v1/me/substitutions", {"substitute_id": colleague.id, **days})
    set_hearing(network, case, "2026-08-03T09:00:00+02:00")
    network.work()
    acknowledge_all(network, "colleague")
    assert propose(network, case)["state"] == "proposed"


def test_a_personal_note_exists_for_nobody_else(network, case):
    join(network, case, "specialist", "specialist")
    days = {"first_day": "2026-07-20", "last_day": "2026-07-31"}
    rw1 = network["rw1"]
    ours = {"recipient_kind": "organisation", "recipient_id": org(network, "rw1")}
    consent(network, case, ours, ["identity", "tenancy"])
    rw1.post("/api/v1/me/substitutions", {"substitute_id": network["colleague"].id, **days})
    secret = note(network, case, "rw1", "Mine.", personal=True)
    handover = propose(network, case, stays=True)
    path = f"/api/v1/cases/{case['id']}/notes"
    for who in ("rw2", "colleague", "specialist", "liaison"):
        for address in (f"{path}/{secret['id']}", f"{path}/{secret['id']}/revisions"):
            network[who].call("GET", address, status=404)
        answer = network[who].call("GET", path)
        assert secret["id"] not in answer.text, who
    assert network["rw2"].get(f"/api/v1/handovers/{handover['id']}")["last_contact_at"] is None
    assert rw1.get(f"{path}/{secret['id']}")["personal"] is True
    take_over(network, handover, "rw2")
    assert network["rw2"].get(path)["items"] == []
    assert [each["id"] for each in rw1.get(path)["items"]] == [secret["id"]]


def test_the_database_itself_hides_a_personal_note_from_the_reference_worker(
    network, case, database, clock
):
    note(network, case, "rw2", "Mine.", personal=True)
    seen = {}
    for who in ("rw1", "rw2"):
        with database.transaction(clock=clock, actor=network[who].actor) as uow:
            connection = uow.session.connection()
            seen[who] = [
                connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
                for table in ("notes", "note_revisions", "readable_notes")
            ]
    assert seen == {"rw1": [0, 0, 0], "rw2": [1, 1, 1]}


def test_the_package_shows_the_receiver_only_what_they_may_see(network, case):
    note(network, case, "rw1", "In hospital.", category="health")
    set_hearing(network, case, "2026-10-20T09:00:00+02:00")
    stranger = propose(network, case, to="specialist")
    package = network["specialist"].get(f"/api/v1/handovers/{stranger['id']}")
    assert {package[k] == [] for k in ("deadlines", "hearings", "tasks", "consents")} == {True}
    assert package["last_contact_at"] is None
    assert all(line["empty"] for line in package["checklist"])
    network["rw1"].post(f"/api/v1/handovers/{stranger['id']}/withdrawal", status=200)
    handover = propose(network, case)
    package = network["rw2"].get(f"/api/v1/handovers/{handover['id']}")
    assert len(package["hearings"]) == 1
    assert package["last_contact_at"] is None
    assert len(package["consents"]) == 1
    mine = network["rw1"].get(f"/api/v1/handovers/{handover['id']}")
    assert len(mine["consents"]) == 3
    assert mine["last_contact_at"] is not None


def test_opening_the_package_is_in_the_read_log(network, case):
    handover = propose(network, case)
    network["rw2"].get(f"/api/v1/handovers/{handover['id']}")
    read = network.rows(
        "SELECT count(*) FROM read_entries WHERE what = 'handover' AND actor_id = %s",
        network["rw2"].id,
    )
    assert read == [(1,)]


def test_only_the_receiver_ticks_and_only_while_it_waits(network, case):
    handover = propose(network, case)
    path = f"/api/v1/handovers/{handover['id']}/checklist"
    for who in ("rw1", "colleague"):
        network[who].call("POST", path, {"items": ["tasks"]}, status=404)
    network["rw2"].call("POST", path, {"items": ["shoes"]}, status=422)
    first = network["rw2"].post(path, {"items": ["tasks"]}, status=200)
    network.clock.advance(minutes=5)
    again = network["rw2"].post(path, {"items": ["tasks"]}, status=200)
    assert again["checklist"] == first["checklist"]
    network["rw1"].post(f"/api/v1/handovers/{handover['id']}/withdrawal", status=200)
    network["rw2"].call("POST", path, {"items": ["tasks"]}, status=409)


def test_too_late_is_too_late_even_before_the_sweep(network, case):
    handover = propose(network, case)
    path = f"/api/v1/handovers/{handover['id']}"
    network.clock.advance(days=5)
    for answer in ("acceptance", "refusal"):
        late = network["rw2"].call("POST", f"{path}/{answer}", status=409).json()
        assert late["code"] == "handover-expired"
    assert reference_of(network, case) == network["rw1"].id


def test_an_overdue_proposal_stands_in_nobodys_way(network, case):
    first = propose(network, case)
    network.clock.advance(days=6)
    second = propose(network, case, to="colleague")
    assert network["rw2"].get(f"/api/v1/handovers/{first['id']}")["state"] == "expired"
    sweep(network)
    assert len(mails_about(network, "coordinator", "sans réponse")) == 1
    assert network["colleague"].get(f"/api/v1/handovers/{second['id']}")["state"] == "proposed"


def test_expiry_heals_after_an_outage_and_happens_once(network, case):
    handover = propose(network, case)
    network.clock.advance(days=4, hours=23)
    sweep(network)
    assert network["rw2"].get(f"/api/v1/handovers/{handover['id']}")["state"] == "proposed"
    network.clock.advance(days=40)
    for _ in range(3):
        sweep(network)
    with network.runtime.transaction() as uow:
        assert expire_handovers(uow=uow) == 0
    assert network["rw1"].get(f"/api/v1/handovers/{handover['id']}")["state"] == "expired"
    for who in ("rw1", "coordinator"):
        assert len(mails_about(network, who, "sans réponse")) == 1
    (told,) = network["coordinator"].get("/api/v1/alerts")["items"]
    assert (told["case_code"], told["case_id"]) == (case["code"], None)
    network["coordinator"].call("GET", f"/api/v1/cases/{case['id']}", status=404)
    network["coordinator"].post(f"/api/v1/alerts/{told['id']}/acknowledgement", status=200)


def test_the_proposer_withdraws_and_nobody_else(network, case):
    handover = propose(network, case)
    path = f"/api/v1/handovers/{handover['id']}"
    network["rw2"].call("POST", f"{path}/withdrawal", status=403)
    network["colleague"].call("POST", f"{path}/withdrawal", status=404)
    assert network["rw1"].post(f"{path}/withdrawal", status=200)["state"] == "withdrawn"
    network["rw1"].call("POST", f"{path}/withdrawal", status=409)
    network["rw2"].call("POST", f"{path}/acceptance", status=409)
    network.work()
    assert mails_about(network, "rw2", "overname") == []
    assert propose(network, case)["state"] == "proposed"


def task(network: Network, case, **more):
    body = {"category": "procedure", "title": "Ask for the file", "due_on": "2026-08-10", **more}
    return network["rw1"].post(f"/api/v1/cases/{case['id']}/tasks", body)


def test_tasks_of_the_one_who_leaves_pass_with_their_reminders(network, case):
    remind = {"remind_at": "2026-08-10T09:00:00+02:00"}
    mine = task(network, case, assignee_id=network["rw1"].id, **remind)
    nobody = task(network, case, **remind)
    # There and back again and there: the reminder goes to whoever has the task in the end.
    for frm, to in (("rw1", "rw2"), ("rw2", "rw1"), ("rw1", "rw2")):
        take_over(network, propose(network, case, frm, to), to)
    path = f"/api/v1/cases/{case['id']}/tasks"
    assignees = {t["id"]: t["assignee_id"] for t in network["rw2"].get(path)["items"]}
    assert assignees[mine["id"]] == network["rw2"].id
    assert assignees[nobody["id"]] is None
    network.clock.set(datetime(2026, 8, 10, 7, 0, 1, tzinfo=UTC))
    network.work()
    assert len(mails_about(network, "rw2", "Een taak")) == 2
    assert mails_about(network, "rw1", "Tâche") == []


def test_tasks_of_the_one_who_stays_stay(network, case):
    mine = task(network, case, assignee_id=network["rw1"].id)
    take_over(network, propose(network, case, stays=True), "rw2")
    tasks = network["rw2"].get(f"/api/v1/cases/{case['id']}/tasks")["items"]
    assert {t["assignee_id"] for t in tasks if t["id"] == mine["id"]} == {network["rw1"].id}


def test_a_wish_for_another_worker_is_told_listed_and_answered(network, case):
    path = f"/api/v1/cases/{case['id']}/worker-requests"
    wish = network["rw2"].post(path, {"reason": "Wants somebody nearer"})
    network.work()
    for who in ("rw1", "coordinator"):
        assert len(mails_about(network, who, "autre personne de référence")) == 1
    assert [
        w["id"] for w in network["rw1"].get(f"/api/v1/cases/{case['id']}")["worker_requests"]
    ] == [wish["id"]]
    for who, status in (("colleague", 404), ("coordinator", 404), ("liaison", 404)):
        network[who].call("POST", path, {"reason": "x"}, status=status)
        network[who].call("GET", path, status=status)
    answer = {"answer": "Nobody nearer has room before October"}
    network["rw2"].call("POST", f"{path}/{wish['id']}/answer", answer, status=403, If_Match='"v1"')
    network["rw1"].call("POST", f"{path}/{wish['id']}/answer", answer, status=428)
    done = network["rw1"].post(f"{path}/{wish['id']}/answer", answer, status=200, If_Match='"v1"')
    assert (done["state"], done["answer"]) == ("answered", answer["answer"])
    network["rw1"].call("POST", f"{path}/{wish['id']}/answer", answer, status=409, If_Match='"v2"')
    assert network["rw1"].get(f"/api/v1/cases/{case['id']}")["worker_requests"] == []


def test_a_wish_names_a_worker_of_the_network(network, case):
    path = f"/api/v1/cases/{case['id']}/worker-requests"
    body = {"reason": "x", "wanted_id": network["liaison"].id}
    network["rw1"].call("POST", path, body, status=422)
    body = {"reason": "x", "wanted_id": case["id"]}
    network["rw1"].call("POST", path, body, status=404)


def test_a_declined_handover_leaves_the_wish_open(network, case):
    path = f"/api/v1/cases/{case['id']}/worker-requests"
    network["rw1"].post(path, {"reason": "Wants somebody nearer"})
    handover = propose(network, case)
    network["rw2"].post(f"/api/v1/handovers/{handover['id']}/refusal", status=200)
    assert network["rw1"].get(path)["items"][0]["state"] == "open"


def test_what_is_told_names_nobody(network, case):
    network["rw1"].post(
        f"/api/v1/cases/{case['id']}/worker-requests", {"reason": "Madame Dupont is unhappy"}
    )
    propose(network, case)
    network.clock.advance(days=5, seconds=1)
    sweep(network)
    texts = [
        part.get_content()
        for mail in network.postbox.received
        for part in mail.walk()
        if part.get_content_maintype() == "text"
    ]
    assert len(texts) > 6
    for word in ("Dupont", "unhappy", "Ward", "Rosa", "Tenant", "The household asked"):
        assert [text for text in texts if word in text] == []
