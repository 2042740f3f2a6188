"""`maillage retention`: the dry run, and all that is due in one go, a transaction at a time."""

from collections.abc import Callable

from infra.settings import Settings
from services.retention import purging
from services.retention.classes import CLASSES
from workers.main import build, erasing_of
from workers.runtime import Runtime
from workers.stopping import Stop

Say = Callable[[str], None]


def plan(settings: Settings, say: Say = print) -> None:
    """How much of each class is past its period. Changes nothing, names nobody."""
    runtime = build(settings, Stop())
    with runtime.transaction() as uow:
        due = {each.name: each for each in purging.due(uow=uow)}
    runtime.database.dispose()
    for name, kept in CLASSES.items():
        found = due.get(name)
        since = f", the oldest since {found.oldest:%Y-%m-%d}" if found and found.oldest else ""
        count = f"{found.count} due{since}" if found else f"by {kept.by.value}"
        say(f"{name:<14}{kept.days:>5} days from {kept.starts}: {count}")


def apply(settings: Settings, say: Say = print) -> None:
    runtime = build(settings, Stop())
    try:
        apply_all(runtime, say)
        erasing = erasing_of(settings)
        if erasing is not None:
            erasing.write_ledger(runtime)
            while erased := erasing.erase(runtime):
                say(f"{erased} cases erased.")
    finally:
        runtime.database.dispose()


def apply_all(runtime: Runtime, say: Say) -> None:
    """Warnings first, then what was announced long enough ago, then old rows."""
    for what, chore in (
        ("reference workers warned", purging.warn_of_purges),
        ("cases confirmed for erasure", purging.purge_cases),
    ):
        count = 0
        while batch := _one(runtime, chore):
            count += batch
        say(f"{count} {what}.")
    for name in purging.classes_of_rows():
        count = 0
        while True:
            with runtime.transaction() as uow:
                batch = purging.forget_batch(name, uow=uow)
            count += batch
            if batch == 0:
                break
        say(f"{count} rows of {name} deleted.")


def _one(runtime: Runtime, chore: Callable[..., int]) -> int:
    with runtime.transaction() as uow:
        return chore(uow=uow)
