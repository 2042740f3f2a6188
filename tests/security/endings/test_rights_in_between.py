"""Where two rights meet: a participant who may change what they may not list, a liaison in the
team, a withdrawal after an answer, a network that changes while somebody joins."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any
from uuid import uuid4

from services.cases.tasks import commands as tasks
from services.network import commands as network
from services.shared.categories import Category
from tests.consent.model import Says

STALE = """
    SELECT g.principal_id, g.basis FROM access_grants g
    EXCEPT SELECT r.principal_id, r.basis FROM cases c, access_rule(c.id) r
"""

WAITING = "SELECT FROM pg_locks WHERE NOT granted"


def open_alerts(town: Any, key: Any) -> int:
    query = "SELECT count(*) FROM alerts WHERE object_id = %s AND state = 'planned'"
    return int(town.rows(query, key)[0][0])


def hearing(town: Any) -> tuple[Any, int, Any]:
    (row,) = town.rows(
        "SELECT id, version, procedure_id FROM hearings WHERE state = 'set' AND case_id = %s",
        town.case,
    )
    return row


def move(town: Any, who: str, procedure: Any, day: str) -> Any:
    key, version, _ = hearing(town)
    return town.call(
        who,
        "POST",
        f"/api/v1/procedures/{procedure}/hearings/{key}/move",
        json={"starts_at": f"{day}T09:00:00+02:00"},
        headers={"If-Match": f'"v{version}"'},
    )


def test_a_hearing_moved_by_a_participant_alarms_nobody_for_the_old_day(town):
    old, _, procedure = hearing(town)
    assert open_alerts(town, old) > 0
    assert move(town, "partner", procedure, "2026-06-04").status_code == 200
    assert open_alerts(town, old) == 0


def test_a_task_finished_by_its_assignee_reminds_nobody(town):
    with town.story.acts(town.people["lead"].id) as (actor, uow):
        cmd = tasks.AddTask(
            case_id=town.case,
            category=Category.TENANCY,
            title="T",
            assignee_id=town.people["partner"].id,
            remind_at=town.story.now + timedelta(days=9),
        )
        task = tasks.add_task(cmd, actor=actor, uow=uow).id
    assert open_alerts(town, task) == 1
    path = f"/api/v1/cases/{town.case}/tasks/{task}/completion"
    done = town.call("partner", "POST", path, headers={"If-Match": '"v1"'})
    assert done.status_code == 200
    assert open_alerts(town, task) == 0


def test_a_hearing_is_moved_only_under_its_own_procedure(town):
    other = town.story.procedure(town.case, "Ixelles")
    before = hearing(town)
    assert move(town, "lead", other, "2026-07-06").status_code == 404
    assert hearing(town) == before


def test_a_liaison_in_the_team_writes_only_where_the_team_may(town):
    """Tenancy through the team, procedure through the court: the second gives no pen."""
    key = town.people["liaison"].id
    until = town.story.now + timedelta(days=5)
    given = town.story.consent(town.case, Says(True, "person", key, Category.TENANCY), until=until)
    place = town.story.join(town.case, key, "generalist")
    attempts = {
        f"/api/v1/procedures/{town.ids['procedure_id']}/acts": {
            "kind": "petition",
            "acted_on": "2026-02-20",
        },
        f"/api/v1/cases/{town.case}/notes": {"category": "procedure", "body": "x"},
        f"/api/v1/cases/{town.case}/tasks": {"category": "procedure", "title": "x"},
    }
    told = [
        town.call("liaison", "POST", path, json=body).status_code for path, body in attempts.items()
    ]
    town.story.withdraw(town.case, given)
    town.story.leave(town.case, place, by=key)
    assert told == [403, 403, 403]


def test_a_kept_answer_shows_no_category_that_was_closed_since(town):
    """The answer to an act is the whole procedure; the case stays open, the procedure does not."""
    key = town.people["colleague"].id
    until = town.story.now + timedelta(days=5)
    place = town.story.join(town.case, key, "generalist")
    given = [
        town.story.consent(town.case, Says(allows, kind, whom, bits), until=until)
        for allows, kind, whom, bits in (
            (True, "person", key, Category.TENANCY),
            (False, "person", key, Category.PROCEDURE),
        )
    ]
    town.story.withdraw(town.case, given[1])
    path = f"/api/v1/procedures/{town.ids['procedure_id']}/acts"
    request = {
        "json": {"kind": "petition", "acted_on": "2026-02-20"},
        "headers": {"Idempotency-Key": str(uuid4())},
    }
    first = town.call("colleague", "POST", path, **request)
    town.story.consent(town.case, Says(False, "person", key, Category.PROCEDURE), until=until)
    now = town.call("colleague", "GET", f"/api/v1/procedures/{town.ids['procedure_id']}")
    again = town.call("colleague", "POST", path, **request)
    town.story.leave(town.case, place, by=key)
    assert (first.status_code, now.status_code) == (201, 404)
    assert again.status_code == 404


def test_a_new_protocol_closes_also_whoever_joins_at_that_moment(town):
    """Two transactions that do not see each other leave no grant that the rule does not give."""
    case = town.story.open(town.people["stranger"].id)
    key = town.people["partner"].id
    until = town.story.now + timedelta(days=50)
    town.story.consent(case, Says(True, "person", key, 1023), until=until)
    place = town.story.invite(case, key, "generalist")
    with ThreadPoolExecutor(1) as thread:
        with town.story.acts(town.people["coordinator"].id) as (actor, uow):
            cmd = network.PublishProtocol(title="Next", body="Again.")
            network.publish_protocol(cmd, actor=actor, uow=uow)
            joining = thread.submit(town.story.answer, case, place)
            # It may be done by itself, or wait for the other.
            while not (joining.done() or town.rows(WAITING)):
                wait([joining], timeout=0.01)
        refused = joining.exception(timeout=20) is not None
    assert town.rows(STALE) == []
    assert refused or town.call("partner", "GET", f"/api/v1/cases/{case}").status_code == 404
