"""The law is read once in a transaction, and anew by whoever changes it there."""

from datetime import UTC, date, datetime
from uuid import UUID

from services.evictions.law.in_force import held_law, law_in_force
from services.evictions.law_changes.commands import apply_preview
from tests.evictions.law_changes.test_rule_versions import _preview

DAY = date(2026, 6, 2)
HOLIDAY = {
    "day": DAY.isoformat(),
    "names": {"en": "D", "fr": "J", "nl": "D"},
    "reason": "A decision of the network",
}


def test_the_law_is_locked_and_read_once(database, network, statements):
    with statements.counted() as sent, database.transaction(clock=network.clock, actor=None) as uow:
        assert law_in_force(uow=uow) is law_in_force(uow=uow)
        # What was read before the lock may have changed while it was waited for.
        assert held_law(uow=uow) is held_law(uow=uow) is law_in_force(uow=uow)
    asked = [each for each in sent if "rule_changes" in each or "advisory" in each]
    assert len(asked) == 3


def test_whoever_changes_the_law_computes_by_the_new_one(database, network):
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    change = network["coordinator"].post("/api/v1/holidays", HOLIDAY)
    run = _preview(network, change)
    actor = network["coordinator"].actor
    with database.transaction(clock=network.clock, actor=actor) as uow:
        assert held_law(uow=uow).calendar.holiday(DAY) is None
        apply_preview(UUID(run["id"]), version=run["version"], actor=actor, uow=uow)
        assert held_law(uow=uow).calendar.holiday(DAY) is not None
        assert law_in_force(uow=uow) is held_law(uow=uow)
