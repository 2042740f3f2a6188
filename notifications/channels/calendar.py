"""The calendar part of a mail (iTIP, RFC 5546; RFC 6047): a hearing or a session that is set, moved
or called off."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from icalendar import vCalAddress

from services.calendars import document
from services.calendars.entries import Entry
from services.evictions.hearings import invitations
from services.intervisions import invitations as sessions

METHODS = {
    invitations.INVITED: "REQUEST",
    invitations.CALLED_OFF: "CANCEL",
    invitations.LEFT: "CANCEL",
    sessions.INVITED: "REQUEST",
    sessions.CANCELLED: "CANCEL",
    sessions.LEFT: "CANCEL",
}


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """What the alert says of the hearing or session; `name` is the code of the case, or the number
    of the session. A later `sequence` of one `uid` replaces the earlier."""

    method: str
    uid: UUID
    sequence: int
    starts_at: datetime
    name: str
    language: str
    kind: str = "hearing"
    ends_at: datetime | None = None

    def written(self, *, organizer: str, attendee: str, at: datetime) -> str:
        """The document. Nobody is asked to answer: the house reads no replies."""
        entry = Entry(
            kind=self.kind,
            uid=self.uid,
            sequence=self.sequence,
            starts_at=self.starts_at,
            day=None,
            cancelled=self.method == "CANCEL",
            name=self.name,
            case_id=None,
            ends_at=self.ends_at,
        )
        event = document.event(entry, language=self.language, at=at)
        event.add("ORGANIZER", vCalAddress(f"mailto:{organizer}"))
        parameters = {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "FALSE"}
        event.add("ATTENDEE", vCalAddress(f"mailto:{attendee}"), parameters=parameters)
        calendar = document.new_calendar()
        calendar.add("METHOD", self.method)
        calendar.add_component(event)
        return str(calendar.to_ical(), "utf-8")
