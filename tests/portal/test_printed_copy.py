"""The copy that the reference worker prints is read as the member, and as nobody else."""

from uuid import UUID

import pytest

from services.portal.copies import copy_for
from services.portal.queries import household
from services.shared.errors import NotFound, Refused
from tests.journeys.steps import consent, join, note, open_shared_case, set_hearing
from tests.once.beginnings import beginning


@pytest.fixture
@beginning
def case(network):
    case = open_shared_case(network)
    set_hearing(network, case, "2026-04-21T09:00:00+02:00")
    join(network, case, "rw2", "generalist")
    note(network, case, "rw1", "Rent is late")
    note(network, case, "rw1", "A secret", category="violence")
    consent(
        network,
        case,
        {"recipient_kind": "person", "recipient_id": network["rw2"].id},
        ["health"],
    )
    network["rw2"].get(f"/api/v1/cases/{case['id']}")
    network.clock.advance(seconds=1)
    return case


def adult_of(case):
    return next(m["id"] for m in case["household"]["members"] if m["role"] == "adult")


def test_the_reference_worker_gets_what_the_member_would_get(network, database, case):
    actor = network["rw1"].actor
    with database.transaction(clock=network.clock, actor=actor) as uow:
        printed = copy_for(UUID(case["id"]), UUID(adult_of(case)), actor=actor, uow=uow)
        with pytest.raises(NotFound):
            household(uow=uow)
    view = printed.view
    assert view.case_code == case["code"]
    assert [each.name for each in view.team] == ["Rosa Willems", "Ward Raes"]
    assert view.hearing.words == "Audience devant le juge de paix le 21 avril 2026 à 09:00."
    assert [each.body for each in printed.notes] == ["Rent is late"]
    assert {each.name for each in printed.reads} == {"Rosa Willems", "Ward Raes"}
    assert {c for each in view.consents for p in each.provisions for c in p.categories} == {
        "identity",
        "tenancy",
        "procedure",
    }
    (rw2,) = [each for each in view.shares if each.name == "Ward Raes"]
    assert rw2.categories == ["identity", "tenancy", "procedure"]
    assert view.tasks
    assert printed.procedures[0].dates == []
    assert view.language == "fr"


def test_nobody_else_prints_it(network, database, case):
    actor = network["rw2"].actor
    with database.transaction(clock=network.clock, actor=actor) as uow, pytest.raises(Refused):
        copy_for(UUID(case["id"]), UUID(adult_of(case)), actor=actor, uow=uow)
