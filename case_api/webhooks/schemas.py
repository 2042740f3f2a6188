"""What requests and answers about webhooks hold: states and codes, never a case."""

from marshmallow import fields, validate

from case_api.http.fields import AwareDateTime, Line, Schema, Uuid
from notifications.channels.egress import LONGEST_URL
from notifications.model import DeliveryState
from notifications.webhooks.model import EndpointState

STATES = tuple(state.value for state in DeliveryState if state != DeliveryState.REJECTED)


class RegisterWebhookIn(Schema):
    url = Line(
        LONGEST_URL,
        required=True,
        metadata={"description": "An https address on the internet, without user or password."},
    )
    kinds = fields.List(
        Line(100),
        load_default=[],
        validate=validate.Length(max=100),
        metadata={"description": "Kinds of alerts it hears of; none named: all."},
    )


class ChangeWebhookIn(RegisterWebhookIn):
    state = fields.String(
        required=True, validate=validate.OneOf([state.value for state in EndpointState])
    )


class WebhookOut(Schema):
    id = Uuid()
    url = fields.String()
    kinds = fields.List(fields.String())
    state = fields.String()
    disabled_why = fields.String(
        allow_none=True,
        metadata={"description": "administrator, failing (three days without a success) or gone."},
    )
    created_at = AwareDateTime()
    failing_since = AwareDateTime(allow_none=True)
    version = fields.Integer()


class WebhookSecretOut(Schema):
    webhook = fields.Nested(WebhookOut)
    secret = fields.String(metadata={"description": "Shown here once."})
    previous_until = AwareDateTime(
        allow_none=True,
        metadata={"description": "Until then the secret before this one signs as well."},
    )


class WebhookDeliveriesArgs(Schema):
    state = fields.String(
        load_default=None,
        validate=validate.OneOf(STATES),
        metadata={"description": "`failed`: the dead letters."},
    )


class WebhookDeliveryOut(Schema):
    id = Uuid(metadata={"description": "The webhook-id and the id of the event, for ever."})
    kind = fields.String()
    state = fields.String()
    attempts = fields.Integer()
    created_at = AwareDateTime()
    next_at = AwareDateTime()
    sent_at = AwareDateTime(allow_none=True)
    last_error = fields.String(allow_none=True)
    possible_duplicate = fields.Boolean()
