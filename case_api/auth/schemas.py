"""What a professional sees of themselves and their sessions."""

from marshmallow import fields

from case_api.http.fields import AwareDateTime, Line, Schema, Uuid


class WaitingOut(Schema):
    """How much waits for me; each is a list of its own elsewhere."""

    protocols = fields.Integer(metadata={"description": "To sign for my organisation."})
    invitations = fields.Integer()
    handovers = fields.Integer()
    postings = fields.Integer(metadata={"description": "To confirm or reject on my cases."})
    deadlines_overdue = fields.Integer(
        metadata={"description": "Dates to act before, terms, instalments: over and not done."}
    )
    deadlines_in_a_week = fields.Integer(
        metadata={"description": "Dates to act before, an eviction, terms and instalments."}
    )
    deadlines_overridden = fields.Integer(
        metadata={"description": "From today on, fixed by people; no computation moves them."}
    )
    deadlines_in_doubt = fields.Integer(
        metadata={"description": "From today on, by a rule that is disputed or unverified."}
    )
    hearings_in_a_week = fields.Integer()
    hearings_ahead = fields.Integer()
    tasks_overdue = fields.Integer(metadata={"description": "Open in my cases, their day over."})
    tasks_in_a_week = fields.Integer()


class MeOut(Schema):
    id = Uuid()
    name = fields.String()
    organisation_id = Uuid()
    organisation = fields.String()
    language = fields.String()
    roles = fields.List(fields.String())
    cantons = fields.List(Line(100))
    csrf_token = fields.String(
        allow_none=True,
        metadata={"description": "For X-CSRF-Token; null when called with an access token."},
    )
    waiting = fields.Nested(WaitingOut)


class SessionOut(Schema):
    id = Uuid()
    created_at = AwareDateTime()
    last_seen_at = AwareDateTime()
    expires_at = AwareDateTime()
    user_agent = fields.String()
    current = fields.Boolean(metadata={"description": "The session of this very request."})
