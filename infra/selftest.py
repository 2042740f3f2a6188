"""Refuse to start with a database role that could walk around row-level security."""

from sqlalchemy import Engine, text

from infra.unfit import Unfit

_ROLE = text(
    """
    SELECT current_user,
           r.rolsuper, r.rolbypassrls,
           EXISTS (SELECT 1 FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
                   AND pg_has_role(current_user, c.relowner, 'USAGE')),
           (SELECT coalesce(string_agg(c.relname, ', ' ORDER BY c.relname), '') FROM pg_class c
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
            AND c.relname NOT IN ('alembic_version', 'applied_sql')
            AND NOT (c.relrowsecurity AND c.relforcerowsecurity)),
           has_database_privilege(current_user, current_database(), 'TEMP')
           OR has_schema_privilege(current_user, 'public', 'CREATE')
    FROM pg_roles r WHERE r.rolname = current_user
    """
)


class SelfTestError(Unfit):
    """One sentence that says what is wrong with the role and what to do."""


def check_role(engine: Engine) -> None:
    """Raise unless the connection's role is an ordinary one and every table forces its policies."""
    with engine.connect() as connection:
        user, superuser, bypass, owner, bare, creates = connection.execute(_ROLE).one()
    if superuser or bypass or owner:
        raise SelfTestError(
            f"The database role {user} is a superuser, owns tables or may bypass row-level "
            "security: set DATABASE_URL to the role maillage_api (WORKER_DATABASE_URL to "
            "maillage_worker), made by infra/deploy/roles.sql."
        )
    if bare:
        raise SelfTestError(
            f"Row-level security is not forced on: {bare}; run `maillage migrate` as the owner."
        )
    if creates:
        raise SelfTestError(
            f"The database role {user} may create tables: run infra/deploy/roles.sql again."
        )
