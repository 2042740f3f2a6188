"""The second wall is per row: a column that says more than its row is not selected with it."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError

from infra.migrations.models import metadata
from services.shared.categories import Category
from tests.journeys.steps import consent, join, org

POLICIES = text(
    "SELECT tablename, string_agg(qual, ' ') FROM pg_policies"
    " WHERE 'maillage_api' = ANY (roles) AND permissive = 'PERMISSIVE'"
    " AND cmd IN ('SELECT', 'ALL') AND policyname = 'api_read' GROUP BY tablename"
)
SELECTED = text("SELECT has_column_privilege('maillage_api', :table, :column, 'SELECT')")
# Narrower than any category: the reference worker alone, or those whom a consent names in person.
NARROWER = re.compile(r"FROM led\(|may_unseal\(")
# They are seen with the row under which they hang, which asks for the category.
WITH_THEIR_PARENT = {"plan_answers", "bundle_pieces"}
# What a session speaks of has no names and no case: who attends reads it, not who takes part.
OF_A_SESSION = {"proposals", "proposal_attachments", "follow_up_words", "minutes_revisions"}
OF_A_SESSION |= {"minutes_addenda"}


@pytest.fixture
def catalogue(cluster):
    engine = create_engine(cluster.url("maillage_owner"))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def asks_for(policy: str, table: str, category: Category | str) -> bool:
    """Whether a policy lets only those read who may read the category."""
    if f"{table}.category" in policy:
        return True
    if category == "of the row":
        return False
    name = Category(category).name.lower()
    by_parent = "shown_procedure(" in policy and name == "procedure"
    return by_parent or f"'{name}'" in policy


def test_every_column_is_read_with_its_category_or_not_at_all(catalogue):
    policies = dict(catalogue.execute(POLICIES).all())
    wrong = [
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if column.info.get("about") == "household" and table.name in policies
        if table.name not in WITH_THEIR_PARENT | OF_A_SESSION
        if catalogue.scalar(SELECTED, {"table": table.name, "column": column.name})
        if not NARROWER.search(policies[table.name])
        if not asks_for(policies[table.name], table.name, column.info["category"])
    ]
    print(wrong)
    assert wrong == []


def test_with_the_procedure_alone_neither_commune_nor_reason_is_read(network, database):
    network.clock.set(datetime(2026, 3, 1, 8, tzinfo=UTC))
    home = {"language": "fr", "commune": "Schaerbeek"}
    members = [{"role": "adult", "pseudonym": "T"}]
    case = network["rw1"].post("/api/v1/cases", {**home, "members": members})
    body = {"recipient_kind": "organisation", "recipient_id": org(network, "rw2")}
    consent(network, case, body, ["procedure"])
    join(network, case, "rw2", "generalist")
    assert network["rw2"].get(f"/api/v1/cases/{case['id']}")["household"]["commune"] is None
    assert network["rw1"].get(f"/api/v1/cases/{case['id']}")["household"]["commune"] == "Schaerbeek"
    for column in ("commune FROM households", "reason FROM participations"):
        with (
            database.transaction(clock=network.clock, actor=network["rw2"].actor) as uow,
            pytest.raises(ProgrammingError, match="permission denied"),
        ):
            uow.session.execute(text(f"SELECT {column}"))
    with database.transaction(clock=network.clock, actor=network["rw2"].actor) as uow:
        asked = text("SELECT commune_of(:case)")
        assert uow.session.scalar(asked, {"case": case["id"]}) is None
