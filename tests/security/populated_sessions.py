"""A session and what a reference worker brings to it, for those who must see nothing of it."""

from typing import Any
from uuid import uuid4

import psycopg

# Sessions that only this reference worker and one stranger to the case attend.
_SERIES = """
    INSERT INTO intervision_series (id, version, kind, name, facilitator_id, languages, capacity,
      quorum, created_by, created_at)
    VALUES (%(series)s, 1, 'intervision', 'S', %(reader)s, '["fr"]', 20, 1, %(reader)s, %(now)s)
"""
_SESSION = """
    INSERT INTO intervision_sessions (id, version, series_id, number, starts_at, ends_at, host_id)
    SELECT %(session)s, 1, %(series)s, %(number)s, %(now)s + interval '90 days',
      %(now)s + interval '91 days', organisation_id FROM professionals WHERE id = %(reader)s
"""
_INVITED = """
    INSERT INTO session_invitations (id, version, session_id, professional_id, state, invited_at)
    SELECT gen_random_uuid(), 1, %(session)s, who, 'accepted', %(now)s
    FROM unnest(ARRAY[%(lead)s, %(reader)s]::uuid[]) who
"""


def sessions(database: psycopg.Connection, lead: Any, reader: Any, now: Any) -> list[str]:
    """Two that are ahead, which nobody else attends."""
    series, made = uuid4(), [uuid4(), uuid4()]
    values = {"series": series, "reader": reader, "lead": lead, "now": now}
    database.execute(_SERIES, values)
    for number, session in enumerate(made, 1):
        for query in (_SESSION, _INVITED):
            database.execute(query, values | {"session": session, "number": number})
    return [str(each) for each in made]
