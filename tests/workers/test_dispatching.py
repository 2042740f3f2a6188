"""Each subscriber acts once on each event; an event that fails costs the others nothing."""

import threading
from datetime import UTC, datetime
from uuid import uuid4

from services.cases.events import HandoverProposed, ParticipantInvited, TaskDone
from services.evictions.events import HearingPosted
from services.shared.events import REGISTRY
from workers.dispatcher import dispatch_next
from workers.draining import drain
from workers.routing import ROUTES, Subscriber

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)


def happened(world, event, **payload):
    key = uuid4()
    world.put(
        "outbox_events",
        id=key,
        name=event.name,
        case_id=event.case_id,
        payload={**event.payload(), **payload},
        occurred_at=NOW,
    )
    return key


def waiting(world):
    return {row[0] for row in world.run("SELECT id FROM outbox_events WHERE dispatched_at IS NULL")}


def test_an_invitation_reaches_the_invitee(world, runtime, postbox):
    case, invitee, participation = (
        world.case(world.professional()),
        world.professional("nl"),
        uuid4(),
    )
    world.put(
        "participations",
        id=participation,
        case_id=case,
        professional_id=invitee,
        role="lawyer",
        reason="-",
        state="invited",
        invited_by=invitee,
        invited_at=NOW,
    )
    event = ParticipantInvited(
        case_id=case, participation_id=participation, professional_id=invitee
    )
    happened(world, event)
    drain(runtime)
    assert postbox.count() == {world.email_of(invitee): 1}
    assert postbox.received[0]["Subject"].startswith("Uitnodiging")
    assert waiting(world) == set()


def test_a_posted_hearing_reaches_the_reference_worker(world, runtime, postbox):
    worker = world.professional("en")
    case = world.case(worker)
    happened(world, HearingPosted(case_id=case, procedure_id=uuid4(), posting_id=uuid4()))
    drain(runtime)
    assert postbox.received[0]["Subject"].startswith("A hearing to confirm")


def test_a_poison_event_does_not_block_the_others(world, runtime, postbox, clock):
    case, people = world.case(world.professional()), [uuid4(), uuid4()]
    poison = HandoverProposed(case_id=case, handover_id=uuid4(), from_id=people[0], to_id=people[1])
    broken = happened(world, poison, to_id=None, handover_id="no id")
    worker = world.professional()
    fine = world.case(worker)
    happened(world, HearingPosted(case_id=fine, procedure_id=uuid4(), posting_id=uuid4()))
    drain(runtime)
    assert postbox.count() == {world.email_of(worker): 1}
    assert waiting(world) == {broken}
    query = "SELECT attempts, last_error, next_at FROM outbox_events WHERE id = %s"
    ((attempts, error, next_at),) = world.run(query, broken)
    assert (attempts, error) == (1, "ValueError")
    assert next_at > NOW
    clock.advance(seconds=3)
    drain(runtime)
    assert world.run(query, broken)[0][0] == 2


def test_an_event_of_a_newer_release_waits_untouched_and_the_others_flow(world, runtime):
    key = happened(world, TaskDone(task_id=uuid4()))
    world.run("UPDATE outbox_events SET name = 'cases.from_the_future' WHERE id = %s", key)
    happened(world, TaskDone(task_id=uuid4()))
    assert dispatch_next(runtime)
    assert not dispatch_next(runtime)
    assert waiting(world) == {key}
    query = "SELECT attempts, next_at FROM outbox_events WHERE id = %s"
    assert world.run(query, key) == [(0, None)]


def test_a_subscriber_that_fails_is_undone_alone(world, runtime, clock):
    seen = []

    def steady(event, *, uow):
        seen.append(event)

    def faulty(event, *, uow):
        if len(seen) < 2 and clock.at == NOW:
            raise LookupError

    routes = {"cases.task_done": (Subscriber("faulty", faulty), Subscriber("steady", steady))}
    event = TaskDone(task_id=uuid4())
    key = happened(world, event)
    assert dispatch_next(runtime, routes)
    assert world.run("SELECT subscriber FROM inbox_entries") == [("steady",)]
    assert waiting(world) == {key}
    clock.advance(seconds=3)
    assert dispatch_next(runtime, routes)
    assert seen == [event]
    assert waiting(world) == set()


def test_two_dispatchers_handle_each_event_once(world, make_runtime):
    seen = []

    def count(event, *, uow):
        seen.append(event.task_id)

    routes = {"cases.task_done": (Subscriber("count", count),)}
    for _ in range(40):
        happened(world, TaskDone(task_id=uuid4()))

    def work(runtime):
        while waiting(world):
            dispatch_next(runtime, routes)

    threads = [threading.Thread(target=work, args=(make_runtime(),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(seen) == len(set(seen)) == 40


def test_every_event_has_somebody_who_reacts():
    assert {name for name in REGISTRY if name} == {name for name, heard in ROUTES.items() if heard}
