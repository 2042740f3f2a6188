"""What people hear of a term that was not kept."""

from datetime import date, datetime
from uuid import UUID

from services.shared.alerts import NewAlert, RecipientRole


def missed(
    case_id: UUID | None,
    missed_id: UUID,
    day: date,
    *,
    is_instalment: bool,
    version: int = 1,
    now: datetime,
) -> NewAlert:
    """Tell whoever is responsible, now, that an instalment or a date of a judgment was not kept.

    A date that was moved and missed again is told again, and so is another `version`.
    """
    return NewAlert(
        kind="evictions.instalment_missed" if is_instalment else "evictions.term_missed",
        case_id=case_id,
        object_id=missed_id,
        object_version=version,
        due_at=now,
        rung=day.isoformat(),
        recipient_role=RecipientRole.REFERENCE_WORKER,
        facts={"due_on": day.isoformat()},
    )
