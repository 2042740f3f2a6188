"""Everything there was before the first release, one file of SQL per feature.

It has the number of the last revision that it stands for: a database that is there goes on.
"""

from pathlib import Path

from alembic import op

revision = "0034"
down_revision = None
branch_labels = None
depends_on = None

_BASELINE = Path(__file__).parents[1] / "baseline"
# In each file the tables come first, and then what refers to tables of other features.
_REFERENCES = "-- References: once every table of every feature is there.\n"


def upgrade() -> None:
    """Tables of all features, then their references."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(_BASELINE.glob("*.sql"))]
    for part in (0, 2):
        for text in texts:
            op.get_bind().exec_driver_sql(text.partition(_REFERENCES)[part].replace("%", "%%"))
