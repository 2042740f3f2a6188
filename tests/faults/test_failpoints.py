"""kill -9 on either side of every commit and every external call, in a real process."""

import ast
import signal
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from infra.redis import connect
from notifications.delivery import letters
from notifications.failpoints import AMID, POINTS, STEPS
from services.evictions.events import HearingPosted
from tests.faults.kit.facts import cases, due_alerts, standing, still_open
from tests.faults.kit.oracle import judge, received
from tests.faults.kit.parts import Parts, wait_for
from tests.faults.kit.sink import Temper
from tests.slices import one_of_each, times
from tests.world import NOW, World
from workers.draining import drain
from workers.queues import hints, wake
from workers.runtime import Runtime

ROOT = Path(__file__).parents[2]
RUNS = times(20, 1)
LETTERS = times(8, 5)
# Reached once a letter: the run decides at which.
EACH_LETTER = ("commit-to", "smtp-mail", "smtp-rcpt", "smtp-data")
# Reached by a worker as well: what the sweeper does in its own part.
SWEEPERS_OWN = ("sweep", "chore", "hint-look", "hint-push", "listen", "hear")
# What the sweepers hear of, and tell.
HEARS = ("hint-look", "hint-push", "presence", "listen", "hear", "clock")
# The content was taken and nothing says so yet: exactly one copy comes again.
NEVER_NOTED = ("after-smtp-data", "before-rescue")


def step_of(point: str) -> str:
    """Whichever side of it is meant."""
    return point.partition("-")[2]


def kind_of(point: str) -> tuple[str, str]:
    """The side, and what is done there: a transaction, a statement, a call to which server."""
    side, _, step = point.partition("-")
    if step.endswith(("commit-to", "end")):
        return side, "statement"
    if step in HEARS:
        return side, "hearing"
    speaks = step.partition("-")[0]
    return side, speaks if speaks in ("smtp", "https") else "transaction"


# Reached by a webhook: tests/faults/test_webhook_failpoints.py.
WEBHOOKS = [each for each in POINTS if each.split("-")[1] in ("hook", "https")]
# Reached by an SMS: tests/faults/test_sms_failpoints.py.
SMS = [each for each in POINTS if each.split("-")[1] == "sms"]
MAILS = [each for each in POINTS if each not in (*WEBHOOKS, *SMS)]
SLOW = Temper(slow=1.0, slow_seconds=0.15)

SENDING = (
    *("notifications/planning/expansion.py", "notifications/delivery/mails.py"),
    *("notifications/delivery/conversation.py", "notifications/delivery/texts.py"),
    *("notifications/delivery/hooks.py", "notifications/channels/email.py"),
    "notifications/channels/https.py",
)
HEARING = (
    *("workers/dispatcher.py", "workers/sweeper.py", "workers/queues.py"),
    *("workers/listening.py", "workers/clock.py", "workers/presence.py"),
)
EXTERNAL = {
    *("mail", "rcpt", "data", "rset", "quit", "docmd", "sendmail", "send_message"),
    *("addresses", "_first_of", "_exchange"),
    *("enqueue", "count", "notifies", "step", "_called", "_greet", "_listening", "_session"),
}


class _Uncovered(ast.NodeVisitor):
    """Commits without a name, and external calls outside a `with` of a step."""

    def __init__(self, steps: dict[str, str]) -> None:
        self.steps = steps
        self.found: list[str] = []
        self.used: set[str] = set()
        self._within = 0

    def visit_With(self, node: ast.With) -> None:
        names = {
            each.context_expr.id for each in node.items if isinstance(each.context_expr, ast.Name)
        }
        inside = names & set(self.steps)
        self.used |= {self.steps[name] for name in inside}
        self._within += bool(inside)
        self.generic_visit(node)
        self._within -= bool(inside)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if node.attr == "count" and ast.unparse(node) == "queue.count":
            self._ask(node, "count")
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = (
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        )
        if name == "transaction" and "runtime" in ast.unparse(node.func):
            named = node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value
            self.used |= {str(named)}
            if named not in STEPS:
                self.found.append(f"{node.lineno}: commit without a name")
        elif name in EXTERNAL - {"count"}:
            self._ask(node, name)
        self.generic_visit(node)

    def _ask(self, node: ast.expr, name: str) -> None:
        if not self._within:
            self.found.append(f"{node.lineno}: {name} without a point on both sides")


def _steps_of(tree: ast.Module) -> dict[str, str]:
    """`_MAIL, _RCPT = Crossing("smtp-mail"), Crossing("smtp-rcpt")` by name."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and "Crossing(" in ast.unparse(node):
            (target,) = node.targets
            names = target.elts if isinstance(target, ast.Tuple) else [target]
            calls = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
            pairs = zip(names, calls, strict=True)
            found |= {name.id: call.args[0].value for name, call in pairs}
    return found


def test_every_commit_and_external_call_has_a_point_on_both_sides():
    used, uncovered = set(), {}
    for name in (*SENDING, *HEARING):
        tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
        visitor = _Uncovered(_steps_of(tree))
        visitor.visit(tree)
        used |= visitor.used
        if visitor.found:
            uncovered[name] = visitor.found
    assert uncovered == {}
    assert used == set(STEPS)
    assert len(POINTS) >= 25


def test_no_other_module_of_the_delivery_speaks_to_a_server():
    """Whoever adds one adds it to the lists above, and so its points."""
    speaks = ("smtplib.SMTP", ".enqueue(", "psycopg.connect", "letters.step(")
    speaks += ("socket.create_connection", "HTTPConnection(", "requests.")
    speakers = {
        str(path.relative_to(ROOT))
        for folder in ("workers", "notifications")
        for path in (ROOT / folder).rglob("*.py")
        if any(word in path.read_text(encoding="utf-8") for word in speaks)
    }
    assert speakers <= {*SENDING, *HEARING}


def _owed(world: World, step: str) -> list[UUID]:
    """Alerts due; one whose address is refused; an event; a delivery to a former worker."""
    among = cases(world, 2)
    refused = world.case(world.professional(email=f"refused@p{uuid4().hex}.example"))
    due_alerts(world, 1, [refused])
    event = HearingPosted(case_id=among[0], procedure_id=uuid4(), posting_id=uuid4())
    row = {"name": event.name, "case_id": event.case_id, "payload": event.payload()}
    world.put("outbox_events", id=uuid4(), occurred_at=NOW, **row)
    owed = due_alerts(world, LETTERS, among)
    if step == "withdraw":
        former = {"alert_id": owed[0], "professional_id": world.professional(), "channel": "email"}
        world.run("UPDATE alerts SET state = 'sending' WHERE id = %s", owed[0])
        world.put("deliveries", id=uuid4(), next_at=datetime.now(UTC), message_id="<f@x>", **former)
    if step == "expand-one":
        # It fails the statement for all that are due; then each is looked at by itself.
        odd = f"CHECK (alert_id <> '{owed[0]}') NOT VALID"
        world.run(f"ALTER TABLE deliveries ADD CONSTRAINT planted {odd}")
    return owed


def _provoke(step: str, world: World, parts: Parts, name: str) -> None:
    """The two commits that only a fault brings about."""
    if step in ("give-back", "rescue"):
        wait_for(lambda: received(parts.mails), 20, parts.tail)
    if step == "give-back":
        parts.signal(name, signal.SIGTERM)
    if step == "rescue":
        world.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = 'maillage_worker'"
        )


def _heal(world: World, healer: Runtime) -> None:
    """As if the lease had run out; then whoever comes next."""
    world.run("UPDATE deliveries SET lease_until = now() WHERE state = 'sending'")
    world.run("UPDATE alerts SET next_at = NULL WHERE faults > 0")
    with healer.transaction() as uow:
        letters.take_back(uow=uow)
    drain(healer)


@pytest.mark.parametrize("run", range(RUNS))
@pytest.mark.parametrize("point", one_of_each(MAILS, kind_of, *NEVER_NOTED))
def test_a_kill_at_any_point_loses_nothing(point, run, world, parts, healer, request):
    step = step_of(point)
    name = "worker" if run % 2 and step not in SWEEPERS_OWN else "sweeper"
    if step in ("give-back", "rescue"):
        parts.temper = SLOW
    parts.start("sink")
    owed = _owed(world, step)
    count = 1 + run % LETTERS if step in EACH_LETTER else 1
    changes = {"failpoint": f"{point}:{count}"}
    if name == "worker" or step.startswith("hint"):
        valkey = request.getfixturevalue("valkey")
        changes["redis_url"] = valkey.url
        if name == "worker":
            wake(hints(connect(valkey.url)))
    victim = parts.start(name, **changes)
    _provoke(step, world, parts, name)
    victim.join(30)
    world.run("ALTER TABLE deliveries DROP CONSTRAINT IF EXISTS planted")
    assert victim.exitcode == -signal.SIGKILL, f"{point} was not reached\n{parts.tail()}"
    _heal(world, healer)
    wait_for(lambda: still_open(world) == 0 or _heal(world, healer), 20, lambda: standing(world))
    verdict = judge(world, parts.mails, owed)
    assert verdict.faults == {}
    assert verdict.doubled <= 1
    if point in NEVER_NOTED:
        assert verdict.doubled == 1
    if point in AMID:
        # The half was thrown away; nobody could know, so the whole carries the flag.
        assert (verdict.doubled, sum(line["flagged"] for line in received(parts.mails))) == (0, 1)
