"""What answers to operators hold: counts, ages, ids and codes, and of no case anything."""

from marshmallow import fields, validate

from case_api.http.fields import AwareDateTime, Schema, Uuid


class SetAsideOut(Schema):
    what = fields.String(metadata={"description": "delivery, alert or event"})
    id = Uuid()
    about = fields.String(metadata={"description": "The kind of the alert or of the event."})
    code = fields.String(allow_none=True)
    since = AwareDateTime()


class ConcernOut(Schema):
    code = fields.String(attribute="name", metadata={"description": "As in docs/operators.md."})
    do = fields.String()


class PartOut(Schema):
    part = fields.String()
    alive = fields.Integer()
    age_seconds = fields.Float(allow_none=True)


class AlertStatusOut(Schema):
    at = AwareDateTime()
    due = fields.Integer()
    oldest_due_seconds = fields.Float()
    due_by_urgency = fields.Dict(keys=fields.String(), values=fields.Integer())
    deliveries = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String(), values=fields.Integer()),
        metadata={"description": "By channel, then by state; of those that ended well, one day."},
    )
    no_recipient = fields.Integer()
    unreached = fields.Integer()
    set_aside = fields.List(fields.Nested(SetAsideOut))
    outbox_waiting = fields.Integer()
    outbox_oldest_seconds = fields.Float()
    parts = fields.List(fields.Nested(PartOut))
    canary_age_seconds = fields.Float(allow_none=True)
    concerns = fields.List(fields.Nested(ConcernOut))


class AttemptOut(Schema):
    fence = fields.Integer(metadata={"description": "Rises with each claim of the delivery."})
    claimed_at = AwareDateTime(allow_none=True)
    marked_at = AwareDateTime(
        allow_none=True, metadata={"description": "From then on the content may have left."}
    )
    ended_at = AwareDateTime(allow_none=True)
    outcome = fields.String()
    code = fields.String(allow_none=True)
    reached_nobody = fields.Boolean()


class RetryIn(Schema):
    ids = fields.List(Uuid(), required=True, validate=validate.Length(min=1, max=1000))
    dry_run = fields.Boolean(truthy={True}, falsy={False}, load_default=False)
