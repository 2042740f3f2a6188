"""Cases for the figures about reading, loaded by set-based SQL."""

from pathlib import Path

from bench.stage import Stage

SQL = (Path(__file__).parent / "data.sql").read_text()
CASES_PER_PERSON = 20
MIN_STAFF = 50
SAMPLE = 100
_DIFFERENCE = """
    WITH sample AS (SELECT id FROM cases ORDER BY id LIMIT %s),
    ruled AS (SELECT s.id, g.* FROM sample s, access_rule(s.id) g),
    kept AS (SELECT case_id, principal_id, basis, category_mask, valid_from, valid_until
             FROM access_grants WHERE case_id IN (SELECT id FROM sample))
    SELECT count(*) FROM ((TABLE ruled EXCEPT TABLE kept) UNION ALL (TABLE kept EXCEPT TABLE ruled))
"""


class NotTheRule(Exception):
    """The grants put in place are not those that the rule yields: the figures would lie."""


def load_cases(stage: Stage, cases: int, *, issuer: str) -> None:
    """Empties the database first."""
    stage.empty()
    staff = max(MIN_STAFF, cases // CASES_PER_PERSON)
    values = {":cases": str(cases), ":staff": str(staff), ":issuer": f"'{issuer}'"}
    script = SQL
    for name, value in values.items():
        script = script.replace(name, value)
    with stage.superuser() as connection:
        connection.execute(script.encode())
        connection.execute("VACUUM ANALYZE")
        row = connection.execute(_DIFFERENCE, (SAMPLE,)).fetchone()
    if row is None or row[0] != 0:
        raise NotTheRule
