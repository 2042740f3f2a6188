"""What a roster makes people hear: being asked, reminders of those who go, and the alarm."""

from datetime import date, datetime
from uuid import UUID

from services.evictions.counting.calendar import Calendar
from services.evictions.hearings.model import Hearing
from services.evictions.hearings.roster_model import Accompaniment
from services.evictions.law import ladder
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.clock import legal_day
from services.shared.ladder import ahead, morning

ASKED = "evictions.accompaniment_asked"
APPROACHING = "evictions.hearing_approaching"
UNACCOMPANIED = "evictions.hearing_unaccompanied"
# Working days before the hearing at which nobody has confirmed yet (F40): who has to find somebody,
# and a day later who can ask around in the network.
ALARM_DAYS = {RecipientRole.REFERENCE_WORKER: 3, RecipientRole.COORDINATOR: 2}


def asked(place: Accompaniment, hearing: Hearing, person: UUID, now: datetime) -> NewAlert:
    """Ask one person to go along, now. The alert is about the hearing, and so ends with it."""
    return NewAlert(
        kind=ASKED,
        case_id=hearing.case_id,
        object_id=hearing.id,
        object_version=hearing.version,
        due_at=now,
        rung=str(place.id),
        recipient_role=RecipientRole.PERSON,
        recipient_id=person,
        facts=_facts(hearing),
    )


def reminders(hearing: Hearing, person: UUID, now: datetime, calendar: Calendar) -> list[NewAlert]:
    """The ladder of the hearing, for somebody who goes along.

    A rung that is past already would tell them nothing: they have just said that they come.
    """
    return [
        NewAlert(
            kind=APPROACHING,
            case_id=hearing.case_id,
            object_id=hearing.id,
            object_version=hearing.version,
            due_at=due_at,
            rung=f"{days}d",
            recipient_role=RecipientRole.PERSON,
            recipient_id=person,
            facts=_facts(hearing) | {"days_left": days},
        )
        for days, due_at in ahead(ladder.rungs(hearing.starts_at, now, calendar), now).items()
    ]


def alarm(hearing: Hearing, now: datetime, calendar: Calendar) -> list[NewAlert]:
    """Alarm the reference worker, later the coordinators, that nobody has confirmed.

    The version of the hearing tells a new alarm from the one that a yes had cancelled.
    """
    day = legal_day(hearing.starts_at)
    return [
        NewAlert(
            kind=UNACCOMPANIED,
            case_id=hearing.case_id,
            object_id=hearing.id,
            object_version=hearing.version,
            due_at=alarm_at(day, role, now, calendar),
            rung=f"{days}wd",
            recipient_role=role,
            facts=_facts(hearing),
        )
        for role, days in ALARM_DAYS.items()
    ]


def alarm_at(day: date, role: RecipientRole, now: datetime, calendar: Calendar) -> datetime:
    """When this role is alarmed: so many working days before, at 09:00; now if that is past."""
    return max(morning(calendar.working_days_before(day, ALARM_DAYS[role])), now)


def _facts(hearing: Hearing) -> dict[str, object]:
    return {"hearing_at": hearing.starts_at.isoformat()}
