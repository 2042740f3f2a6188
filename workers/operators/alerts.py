"""`maillage alerts`: what an operator asks, as the workers' role, which sees no content."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from infra.database import Database
from notifications.delivery import attempts
from notifications.delivery.attempts import Attempt
from notifications.operations import figures, refused, set_aside
from notifications.operations.figures import Figures
from notifications.operations.set_aside import SetAside
from services.shared.unit_of_work import UnitOfWork
from workers.clock import DatabaseClock

Say = Callable[[str], None]


@contextmanager
def _asking(url: str) -> Iterator[UnitOfWork]:
    """One transaction as the workers' role: all that a question needs of the settings."""
    database = Database(url, pool_size=2)
    try:
        clock = DatabaseClock(database.engine)
        with database.transaction(clock=clock, actor=None) as uow:
            yield uow
    finally:
        database.dispose()


def status(url: str, *, has_canary: bool, as_json: bool, say: Say = print) -> int:
    """0: nothing to do; 1: something needs a person."""
    with _asking(url) as uow:
        found, aside = figures.read(uow=uow), set_aside.rows(uow=uow)
    concerns = found.concerns(has_canary=has_canary)
    if as_json:
        told = {alarm.name: alarm.do for alarm in concerns}
        rows = [vars(row) for row in aside]
        whole = {**vars(found), "concerns": told, "set_aside_rows": rows}
        say(json.dumps(whole, default=_plain, allow_nan=False))
    else:
        for line in _lines(found, has_canary=has_canary):
            say(line)
        for alarm in concerns:
            say(f"! {alarm.name}: {alarm.do}")
        if not concerns:
            say("Nothing needs a person.")
    return 1 if concerns else 0


def retry(
    url: str, *, ids: list[UUID], apply: bool, of_refused: bool = False, say: Say = print
) -> int:
    """Put back what is set aside; `of_refused`: the e-mails that a mail server refused for good.

    Without `apply` it only says what it would put back; without ids, all of it.
    """
    waiting = refused if of_refused else set_aside
    with _asking(url) as uow:
        rows = [row for row in waiting.rows(uow=uow) if not ids or row.id in ids]
        if apply:
            waiting.put_back([row.id for row in rows], uow=uow)
    for row in rows:
        say(_line(row))
    say(f"{len(rows)} put back." if apply else f"{len(rows)} to put back: add --apply.")
    return 0


def delivery(url: str, *, delivery_id: UUID, as_json: bool, say: Say = print) -> int:
    """How each attempt at a delivery went; 1 if there was none."""
    with _asking(url) as uow:
        found = attempts.of_delivery(delivery_id, uow=uow)
    if as_json:
        say(json.dumps([vars(each) for each in found], default=_plain))
    else:
        for each in found:
            say(_attempt(each))
        if not found:
            say("No attempt was made at it.")
    return 0 if found else 1


def _attempt(each: Attempt) -> str:
    told = {"claimed": each.claimed_at, "marked": each.marked_at, "ended": each.ended_at}
    moments = (f"{name} {at:%Y-%m-%d %H:%M:%S}" for name, at in told.items() if at)
    return "  ".join([f"{each.fence:<4}{each.outcome:<10}{each.code or '-':<20}", *moments])


def _lines(found: Figures, *, has_canary: bool) -> Iterator[str]:
    by_urgency = ", ".join(f"{count} {name}" for name, count in found.due_by_urgency.items())
    yield f"due         {found.due} ({by_urgency}); the oldest for {found.oldest_due_seconds:.0f} s"
    for kind, count in sorted(found.unknown.items()):
        yield f"unknown     {count} {kind}: they wait for the release that knows it"
    for channel, states in sorted(found.deliveries.items()):
        told = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
        yield f"{channel:<11} {told}"
    yield f"dead        {found.unreached} reached nobody, {found.no_recipient} had no recipient"
    aside = ", ".join(f"{count} {what}" for what, count in sorted(found.set_aside.items()))
    yield f"set aside   {aside}"
    oldest = f"the oldest for {found.outbox_oldest_seconds:.0f} s"
    yield f"outbox      {found.outbox_waiting} waiting; {oldest}"
    for part in figures.PARTS:
        heard = f"{found.alive[part]} alive; heard {_ago(found.heartbeats[part])}"
        yield f"{part + 's':<11} {heard}; {found.crashed[part]} died within 10 minutes"
    yield f"canary      {_ago(found.canary_age_seconds) if has_canary else 'not set up'}"


def _line(row: SetAside) -> str:
    return f"{row.what:<9}{row.id}  {row.about}  {row.code}  since {row.since:%Y-%m-%d %H:%M}"


def _ago(seconds: float | None) -> str:
    return "never" if seconds is None else f"{seconds:.0f} s ago"


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
