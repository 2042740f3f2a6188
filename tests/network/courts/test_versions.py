"""The courts are read and derived once a version, whoever asks."""

from contextlib import suppress

from sqlalchemy import text

from services.network.courts.queries import Courts, courts


class GivenUp(Exception):
    """Ends a transaction without a commit."""


def test_they_are_read_anew_when_one_changed_and_not_before(network, database):
    def seen() -> Courts:
        with database.transaction(clock=network.clock, actor=network["rw1"].actor) as uow:
            return courts(uow=uow)

    before = seen()
    assert seen() is before
    (uccle,) = (each for each in before.every if each.code == "Uccle")
    changed = {"reason": "It moved", "phone": "+3221"}
    network["coordinator"].post(f"/api/v1/courts/{uccle.id}/corrections", changed)
    assert [each.phone for each in seen().every if each.code == "Uccle"] == ["+3221"]


def test_what_was_never_committed_is_seen_by_nobody_else(network, database, owner_database):
    def phone() -> str | None:
        with database.transaction(clock=network.clock, actor=network["rw1"].actor) as uow:
            return next(each.phone for each in courts(uow=uow).every if each.code == "Uccle")

    before = phone()
    with suppress(GivenUp), owner_database.transaction(clock=network.clock, actor=None) as uow:
        uow.session.execute(text("UPDATE courts SET phone = '+3222' WHERE code = 'Uccle'"))
        assert "+3222" in {each.phone for each in courts(uow=uow).every}
        raise GivenUp
    assert phone() == before
