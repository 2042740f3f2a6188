"""One sweep among very many open alerts, against the same sweep among few."""

from pathlib import Path

import psycopg

from bench.alerts import logs_discarded, running_parts
from bench.data import load_cases
from bench.figures import Figure, in_turns, ratios, say, timed
from bench.stage import Stage
from notifications.delivery import letters
from notifications.delivery.next_channel import take_next_channel
from notifications.operations.set_aside import page
from notifications.planning import expansion
from notifications.planning.escalation import climb
from notifications.webhooks import claims
from workers.looking import Looking
from workers.runtime import Runtime

FEW, MANY, DUE = 1_000, 1_000_000, 100
OPEN = (Path(__file__).parent / "sweeps.sql").read_text()
MADE_DUE = (Path(__file__).parent / "sweeps_due.sql").read_text()


def measure(stage: Stage, *, full: bool) -> list[Figure]:
    """The data change between the sides, so each side is measured in one block of rounds."""
    rounds, many = (40, MANY) if full else (20, MANY // 5)
    load_cases(stage, 1000, issuer="-")
    with running_parts(stage) as runtime, stage.superuser() as superuser, logs_discarded():
        few = _block(runtime, superuser, FEW, rounds)
        amid_many = _block(runtime, superuser, many, rounds)
        again = _block(runtime, superuser, FEW, rounds)
    drift = ratios(again, few)
    say(f"sweeps: the few again against the few: {sorted(drift)[len(drift) // 2]:.2f}")
    what = f"a sweep over {many:,} open alerts, {DUE} due"
    peer = f"over {FEW:,} open, {DUE} due"
    both = [sum(pair) / 2 for pair in zip(few, again, strict=True)]
    n = f"{rounds}"
    return [
        Figure(name="sweep", what=what, peer=peer, kind="time", ratios=ratios(amid_many, both), n=n)
    ]


def _block(
    runtime: Runtime, superuser: psycopg.Connection, open_alerts: int, rounds: int
) -> list[float]:
    say(f"sweeps: {open_alerts:,} open alerts")
    superuser.execute(OPEN.replace(":open", str(open_alerts)).encode())
    superuser.execute("VACUUM ANALYZE alerts, deliveries")

    def sweep() -> float:
        superuser.execute(MADE_DUE.replace(":due", str(DUE)).encode())
        return timed(lambda: _sweep(runtime))

    sweep()
    (times,) = in_turns(rounds, sweep)
    return times


def _sweep(runtime: Runtime) -> None:
    """What `workers.sweeper` asks every second, the deliveries of what is due, and its chores."""
    with runtime.transaction() as uow:
        letters.take_back(uow=uow)
        claims.take_back(uow=uow)
        Looking(runtime).look(now=uow.now(), connection=uow.session.connection())
    while expansion.expand_due(runtime):
        pass
    for chore in (take_next_channel, climb, page):
        with runtime.transaction() as uow:
            chore(uow=uow)
