"""Exclusions in the database itself: the rule, its walls, and what two at once may do."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from notifications.recipients import resolve
from services.shared.alerts import Alert
from tests.journeys.steps import consent, join, open_shared_case, org

DRIFT = """
    (TABLE access_grants EXCEPT SELECT c.id, r.* FROM cases c, access_rule(c.id) r)
    UNION ALL
    (SELECT c.id, r.* FROM cases c, access_rule(c.id) r EXCEPT TABLE access_grants)
"""
REFUSE = text(
    "INSERT INTO exclusions (id, version, case_id, professional_id, organisation_id, reason,"
    " set_by, set_at) VALUES (:id, 1, :case, :person, :organisation, 'Marker-e7', :by, now())"
)


@pytest.fixture
def shared(network):
    case = open_shared_case(network)
    join(network, case, "rw2", "generalist")
    network["rw1"].post(f"/api/v1/cases/{case['id']}/procedures", {"canton": "Schaerbeek 1"})
    return case


@pytest.fixture
def owner(owner_database):
    """Acts behind the commands, with every trigger and constraint in force."""
    with owner_database.engine.connect() as connection:
        yield connection


def refuse(network, owner, case, *, person=None, organisation=None):
    key = uuid4()
    values = {"id": key, "case": case["id"], "by": network["rw1"].id}
    owner.execute(REFUSE, values | {"person": person, "organisation": organisation})
    return key


def held(network, case, who):
    return network.rows(
        "SELECT basis FROM access_grants WHERE case_id = %s AND principal_id = %s",
        case["id"],
        network[who].id,
    )


def test_the_row_alone_takes_away_both_bases_and_its_lifting_gives_back(network, owner, shared):
    assert held(network, shared, "rw2")
    assert held(network, shared, "liaison") == [("liaison",)]
    refuse(network, owner, shared, person=network["rw2"].id)
    key = refuse(network, owner, shared, organisation=org(network, "liaison"))
    owner.commit()
    assert held(network, shared, "rw2") == held(network, shared, "liaison") == []
    assert network.rows(DRIFT) == []
    lift = text("UPDATE exclusions SET lifted_at = now(), lifted_by = set_by WHERE id = :id")
    owner.execute(lift, {"id": key})
    owner.commit()
    assert held(network, shared, "liaison") == [("liaison",)]
    assert held(network, shared, "rw2") == []
    assert network.rows(DRIFT) == []


def test_later_consent_or_signature_does_not_bring_the_refused_back(network, owner, shared):
    refuse(network, owner, shared, person=network["rw2"].id)
    owner.commit()
    consent(network, shared, {"recipient_kind": "role", "recipient_role": "generalist"}, ["work"])
    version = network["coordinator"].post("/api/v1/protocols", {"title": "2", "body": "Again."})
    network["rw2"].post(f"/api/v1/protocols/{version['id']}/signatures")
    assert held(network, shared, "rw2") == []
    network["rw2"].call("GET", f"/api/v1/cases/{shared['id']}", status=404)


@pytest.mark.parametrize("named", ["person", "organisation"])
def test_the_database_refuses_to_shut_out_the_reference_worker(network, owner, shared, named):
    whom = network["rw1"].id if named == "person" else org(network, "rw1")
    refuse(network, owner, shared, **{named: whom})
    with pytest.raises(IntegrityError, match="household refuses"):
        owner.commit()
    network["rw1"].get(f"/api/v1/cases/{shared['id']}")


def test_the_database_refuses_a_refused_reference_worker(network, owner, shared):
    refuse(network, owner, shared, person=network["rw2"].id)
    owner.commit()
    owner.execute(
        text("UPDATE reference_assignments SET professional_id = :who WHERE case_id = :case"),
        {"who": network["rw2"].id, "case": shared["id"]},
    )
    with pytest.raises(IntegrityError, match="household refuses"):
        owner.commit()


def test_the_apis_role_tells_nobody_but_the_reference_worker(network, owner, database, shared):
    refuse(network, owner, shared, person=network["rw2"].id)
    owner.commit()
    seen = {}
    for who in ("rw1", "rw2", "colleague", "coordinator", "liaison"):
        with database.transaction(clock=network.clock, actor=network[who].actor) as uow:
            values = {"case": shared["id"], "who": network["rw2"].id}
            seen[who] = (
                uow.session.scalar(text("SELECT count(*) FROM exclusions")),
                uow.session.scalar(text("SELECT is_refused(:case, :who)"), values),
                uow.session.scalar(text("SELECT refuses_me(:case)"), values),
            )
    nothing = (0, False, False)
    assert seen == {
        "rw1": (1, True, False),
        "rw2": (0, False, True),
        "colleague": nothing,
        "coordinator": nothing,
        "liaison": nothing,
    }


def test_nobody_else_can_write_an_exclusion(network, database, shared):
    values = {"id": uuid4(), "case": shared["id"], "organisation": None}
    forged = {"person": network["colleague"].id, "by": network["rw1"].id}
    own = forged | {"by": network["rw2"].id}
    for who, named in (("rw2", forged), ("rw2", own), ("coordinator", forged)):
        with (
            pytest.raises(ProgrammingError, match="row-level security"),
            database.transaction(clock=network.clock, actor=network[who].actor) as uow,
        ):
            uow.session.execute(REFUSE, values | named)


def test_the_workers_know_whom_but_not_why(network, owner, worker_database, clock, shared):
    refuse(network, owner, shared, person=network["rw2"].id)
    owner.commit()
    who = UUID(network["rw2"].id)
    alert = {"kind": "cases.handover_declined", "case_id": UUID(shared["id"]), "facts": {}}
    with worker_database.transaction(clock=clock, actor=None) as uow:
        assert uow.session.scalar(text("SELECT count(case_id) FROM exclusions")) == 1
        told = Alert(
            **alert,
            object_id=uuid4(),
            object_version=1,
            rung="",
            recipient_role="person",
            recipient_id=who,
            due_at=uow.now(),
            planned_at=uow.now(),
        )
        uow.session.add(told)
        uow.session.flush()
        assert resolve(told, uow=uow) == []
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        worker_database.transaction(clock=clock, actor=None) as uow,
    ):
        uow.session.execute(text("SELECT reason FROM exclusions"))


def both(first, second):
    """Two requests at once; the answers in the order asked."""
    with ThreadPoolExecutor(2) as pool:
        return [each.result() for each in (pool.submit(first), pool.submit(second))]


def test_an_acceptance_and_an_exclusion_at_once_leave_nothing_open(network):
    for _ in range(6):
        case = open_shared_case(network)
        path = f"/api/v1/cases/{case['id']}"
        asked = {"professional_id": network["rw2"].id, "role": "generalist", "reason": "Help"}
        place = network["rw1"].post(f"{path}/team", asked)
        named = {"professional_id": network["rw2"].id, "reason": "No"}
        accept = f"/api/v1/invitations/{place['id']}/acceptance"
        excluded, accepted = both(
            lambda p=path, n=named: network["rw1"].call("POST", f"{p}/exclusions", n),
            lambda a=accept: network["rw2"].call("POST", a),
        )
        assert excluded.status_code == 201
        assert accepted.status_code in (200, 404, 409)
        network["rw2"].call("GET", path, status=404)
        state = network.rows("SELECT state FROM participations WHERE id = %s", place["id"])
        assert state == [("ended",)]


def test_a_handover_and_an_exclusion_at_once_never_make_the_refused_responsible(network):
    outcomes = set()
    for _ in range(6):
        case = open_shared_case(network)
        network.clock.advance(seconds=1)
        offer = {"to_id": network["rw2"].id, "reason": "Leave", "former_stays": True}
        handover = network["rw1"].post(f"/api/v1/cases/{case['id']}/handovers", offer)
        named = {"professional_id": network["rw2"].id, "reason": "No"}
        path = f"/api/v1/cases/{case['id']}/exclusions"
        accept = f"/api/v1/handovers/{handover['id']}/acceptance"
        excluded, accepted = both(
            lambda p=path, n=named: network["rw1"].call("POST", p, n),
            lambda a=accept: network["rw2"].call("POST", a),
        )
        outcomes.add((excluded.status_code, accepted.status_code))
        refused = network.rows(
            "SELECT count(*) FROM reference_assignments r WHERE r.case_id = %s"
            " AND upper_inf(r.period) AND is_refused(r.case_id, r.professional_id)",
            case["id"],
        )
        assert refused == [(0,)]
    # One wins; the other is told that it is too late.
    assert outcomes <= {(201, 404), (201, 409), (403, 200), (404, 200)}
