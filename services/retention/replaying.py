"""What the ledger says, done again to a database that was restored from before. As its owner.

Each repeats safely, in the order of the ledger. What the restored database never knew (a case, a
consent) cannot come back and needs nothing.
"""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.evictions.welfare_centre import steps as welfare_steps
from services.retention.ledger import LedgerLine
from services.retention.model import LedgerKind
from services.shared.unit_of_work import UnitOfWork

_WITHDRAW = """
UPDATE consents SET withdrawn_at = :at, version = version + 1
WHERE id = ANY(:consents) AND withdrawn_at IS NULL
"""
_END = """
UPDATE participations SET state = 'ended', ended_at = :at, version = version + 1
WHERE id = :subject AND state IN ('invited', 'accepted')
"""
# Never whoever leads the case in the restored database: the reference worker is told to be handed
# over first (docs/decisions/0011); `conflicts` counts these.
_EXCLUDE = """
INSERT INTO exclusions (id, version, case_id, professional_id, organisation_id, reason, set_by,
                        set_at)
SELECT :subject, 1, c.id, x.id, o.id, '-', r.professional_id, :at
FROM cases c
JOIN reference_assignments r ON r.case_id = c.id AND upper_inf(r.period)
JOIN professionals w ON w.id = r.professional_id
LEFT JOIN professionals x ON x.id = :other
LEFT JOIN organisations o ON o.id = :other
WHERE c.id = :case AND coalesce(x.id, o.id) IS NOT NULL
  AND :other NOT IN (w.id, w.organisation_id)
ON CONFLICT DO NOTHING
"""
_LIFT = """
UPDATE exclusions SET lifted_at = :at, lifted_by = set_by, version = version + 1
WHERE id = :subject AND lifted_at IS NULL
"""
# In the name of whoever leads the case, since nobody else is known.
_OPPOSE = """
INSERT INTO welfare_oppositions (id, version, case_id, procedure_id, opposed_on, how, warnings,
                                 recorded_by, recorded_at)
SELECT :subject, 1, d.case_id, d.id, CAST(:at AS timestamptz)::date, 'orally', '[]',
       r.professional_id, :at
FROM procedures d JOIN reference_assignments r ON r.case_id = d.case_id AND upper_inf(r.period)
WHERE d.id = :other
ON CONFLICT DO NOTHING RETURNING procedure_id
"""
_UNOPPOSE = """
UPDATE welfare_oppositions SET withdrawn_at = :at, withdrawn_by = recorded_by,
       withdrawn_by_member = recorded_by_member, version = version + 1
WHERE id = :subject AND withdrawn_at IS NULL RETURNING procedure_id
"""
_CLOSE_ACCOUNT = "UPDATE professionals SET active = false WHERE id = :subject AND active"
_SAME_REFERENCE = """
SELECT NOT EXISTS (SELECT 1 FROM reference_assignments r JOIN professionals x ON x.id = :other
                   WHERE r.case_id = :case AND upper_inf(r.period) AND r.professional_id <> :other
                     AND lower(r.period) < :at)
"""
_END_REFERENCE = """
UPDATE reference_assignments SET period = tstzrange(lower(period), :at)
WHERE case_id = :case AND upper_inf(period)
"""
_NEW_REFERENCE = """
INSERT INTO reference_assignments (id, case_id, professional_id, period)
VALUES (gen_random_uuid(), :case, :other, tstzrange(:at, NULL))
"""
_FILES = text(
    "SELECT stored_name FROM document_versions WHERE case_id = :case"
    " UNION ALL SELECT stored_name FROM defence_bundles WHERE case_id = :case"
)
_FORGET_REQUESTS = text(
    """
    UPDATE erasures SET state = 'withdrawn', version = version + 1
    WHERE case_id = :case AND id <> :subject AND state <> 'withdrawn'
    """
)
_DOOM = text(
    """
    INSERT INTO erasures (id, version, case_id, case_code, ground, state, requested_at,
                          confirmed_at)
    SELECT :subject, 1, c.id, c.code, 'ledger', 'shredded', :at, :at FROM cases c WHERE c.id = :case
    ON CONFLICT (id) DO UPDATE SET state = 'shredded', version = erasures.version + 1,
      ground = CASE WHEN erasures.confirmed_by IS NULL THEN 'ledger' ELSE erasures.ground END
      WHERE erasures.state <> 'erased'
    RETURNING case_id
    """
)
_ERASE = text("SELECT erase_case(:case)")
_ERASED = text("UPDATE erasures SET state = 'erased', erased_at = :now WHERE id = :subject")
_END_SESSIONS = text("UPDATE login_sessions SET revoked_at = :now WHERE revoked_at IS NULL")
_CONFLICTS = text(
    """
    SELECT count(*) FROM reference_assignments r JOIN professionals w ON w.id = r.professional_id
    WHERE r.case_id = :case AND upper_inf(r.period) AND :other IN (w.id, w.organisation_id)
    """
)


def files_of(case_id: UUID, *, uow: UnitOfWork) -> list[str]:
    return list(uow.session.scalars(_FILES, {"case": case_id}))


def erase(line: LedgerLine, *, uow: UnitOfWork) -> None:
    """The rows of a case whose key was destroyed."""
    values = {"case": line.case_id, "subject": line.subject_id, "at": line.at, "now": uow.now()}
    uow.session.execute(_FORGET_REQUESTS, values)
    if uow.session.scalar(_DOOM, values) is not None:
        uow.session.execute(_ERASE, values)
        uow.session.execute(_ERASED, values)


def revoke(line: LedgerLine, renewals: Mapping[UUID, UUID], *, uow: UnitOfWork) -> bool:
    """End what it says ended; `renewals` leads from a consent to the one it renewed.

    False if a person has to look: the household refuses whoever leads the case again now.
    """
    values = {
        "case": line.case_id,
        "subject": line.subject_id,
        "other": line.other_id,
        "at": line.at,
        "consents": _with_those_it_renewed(line.subject_id, renewals),
    }
    special = _COMMANDS.get(line.kind)
    if special is not None:
        special(values, uow=uow)
        return True
    statement = _STATEMENTS.get(line.kind)
    if statement is not None:
        uow.session.execute(text(statement), values)
    if line.kind != LedgerKind.EXCLUSION_SET:
        return True
    return not uow.session.scalar(_CONFLICTS, values)


def end_sessions(*, uow: UnitOfWork) -> None:
    """Sessions of a restored database were open at another time, for other people: all end."""
    uow.session.execute(_END_SESSIONS, {"now": uow.now()})


_STATEMENTS: Mapping[str, str] = {
    LedgerKind.CONSENT_WITHDRAWN: _WITHDRAW,
    LedgerKind.PARTICIPATION_ENDED: _END,
    LedgerKind.EXCLUSION_SET: _EXCLUDE,
    LedgerKind.EXCLUSION_LIFTED: _LIFT,
    LedgerKind.ACCOUNT_CLOSED: _CLOSE_ACCOUNT,
}


def _change_reference(values: dict[str, Any], *, uow: UnitOfWork) -> None:
    run: Callable[..., Any] = uow.session.execute
    if uow.session.scalar(text(_SAME_REFERENCE), values):
        return
    run(text(_END_REFERENCE), values)
    run(text(_NEW_REFERENCE), values)


def _oppose(values: dict[str, Any], *, uow: UnitOfWork) -> None:
    """What was due is called off with its alerts, as by the opposition itself."""
    for procedure in uow.session.scalars(text(_OPPOSE), values).all():
        welfare_steps.stop(procedure, uow=uow)


def _unoppose(values: dict[str, Any], *, uow: UnitOfWork) -> None:
    """What it stopped is due again, and announced: of the restored alerts none will be."""
    for procedure in uow.session.scalars(text(_UNOPPOSE), values).all():
        welfare_steps.resume(procedure, uow=uow)
        welfare_steps.announce_again(values["case"], uow=uow)


_COMMANDS: Mapping[str, Callable[..., None]] = {
    LedgerKind.REFERENCE_CHANGED: _change_reference,
    LedgerKind.WELFARE_OPPOSED: _oppose,
    LedgerKind.WELFARE_UNOPPOSED: _unoppose,
}


def _with_those_it_renewed(consent: UUID, renewals: Mapping[UUID, UUID]) -> list[UUID]:
    chain = [consent]
    while (older := renewals.get(chain[-1])) is not None and older not in chain:
        chain.append(older)
    return chain
