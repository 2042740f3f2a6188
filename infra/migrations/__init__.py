"""The schema's history (Alembic) and the SQL that is re-applied whenever its file changes."""
