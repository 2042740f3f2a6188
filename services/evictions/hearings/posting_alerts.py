"""A date posted by the liaison asks the reference worker for an answer, until there is one."""

from datetime import datetime
from uuid import UUID

from services.shared.alerts import NewAlert, RecipientRole


def asked(posting_id: UUID, case_id: UUID | None, now: datetime) -> NewAlert:
    return NewAlert(
        kind="evictions.hearing_posted",
        case_id=case_id,
        object_id=posting_id,
        due_at=now,
        recipient_role=RecipientRole.REFERENCE_WORKER,
    )
