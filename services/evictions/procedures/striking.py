"""What goes with an act that was recorded by mistake, and what comes back with one taken back.

Dates, alerts, steps towards the welfare centre and terms follow in the commit of the act itself, in
both directions: nothing is silenced for good.
"""

import json

from sqlalchemy import text

from services.evictions.dates.model import Act, LegalDeadline, Procedure
from services.evictions.dates.warnings import Redated, follow, notice_of
from services.evictions.law.in_force import held_law
from services.evictions.procedures import consequences
from services.evictions.terms.striking import bring_terms_back, strike_terms
from services.shared import alerts
from services.shared.actor import Actor
from services.shared.loading import load
from services.shared.unit_of_work import UnitOfWork

# A person's own date survives every computation, but not the act that never was.
_OWN = text(
    """
    WITH own AS (
      SELECT d.id, to_jsonb(d) AS row FROM deadlines d
      WHERE d.act_id = :act AND d.overridden_date IS NOT NULL FOR UPDATE
    ), freed AS (
      UPDATE deadlines d SET overridden_date = NULL, override_reason = NULL, overridden_by = NULL,
        version = d.version + 1
      FROM own WHERE d.id = own.id RETURNING d.id
    )
    SELECT own.row FROM own JOIN freed ON freed.id = own.id ORDER BY own.id
    """
)
_RETURN = text(
    "INSERT INTO deadlines SELECT * FROM jsonb_populate_recordset(NULL::deadlines, :rows)"
)


def strike(procedure: Procedure, act: Act, reason: str, *, actor: Actor, uow: UnitOfWork) -> None:
    """Let nothing follow from an act any more.

    The caller holds the procedure and the act, and records what was done.
    """
    act.strike(reason, actor.id, uow.now())
    own = list(uow.session.scalars(_OWN, {"act": act.id}))
    act.own_dates, act.warnings = own or None, []
    alerts.cancel(act.id, uow=uow)
    uow.session.flush()
    strike_terms(act.id, reason, actor=actor, uow=uow)
    consequences.follow(procedure, actor=actor, uow=uow)


def take_back(procedure: Procedure, act: Act, *, actor: Actor, uow: UnitOfWork) -> None:
    """Let everything follow from a struck act again; what is late by now is told at once."""
    own = act.own_dates or []
    act.take_back()
    uow.session.flush()
    rows = [row | {"version": row["version"] + 2} for row in own]
    if rows:
        uow.session.execute(_RETURN, {"rows": json.dumps(rows)})
    bring_terms_back(act.id, actor=actor, uow=uow)
    consequences.follow(procedure, actor=actor, uow=uow)
    returned = [load(LegalDeadline, row["id"], uow=uow) for row in rows]
    told = [
        Redated(row.id, row.version, row.case_id, row.computes, None, notice_of(row))
        for row in returned
        if row.protective and row.ended_as is None
    ]
    follow(told, held_law(uow=uow).calendar, late=True, uow=uow)
