"""What requests and answers about preferences hold: nothing of any household."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from marshmallow import fields, validate

from case_api.http.field_errors import wrong
from case_api.http.fields import Line, Schema, StrictInteger
from notifications.model import ChannelName
from notifications.preferences import ABOUT, Timing
from notifications.timing import Rhythm


class Hour(fields.String):
    """Hours and minutes of the clock on the wall, like 07:30."""

    def __init__(self, **kwargs: Any) -> None:
        checks = [
            validate.Length(equal=5),
            validate.Regexp("^([01][0-9]|2[0-3]):[0-5][0-9]$", error=wrong("clock")),
        ]
        super().__init__(validate=checks, **kwargs)

    def deserialize(
        self,
        value: Any,
        attr: str | None = None,
        data: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> Any:
        """The value is made after the validators, which see the text."""
        text = super().deserialize(value, attr, data, **kwargs)
        return time.fromisoformat(text) if isinstance(text, str) else text

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.strftime("%H:%M")


class ChoiceSchema(Schema):
    about = fields.String(
        required=True,
        validate=validate.OneOf(list(ABOUT)),
        metadata={"description": "An urgency, or one kind of alert; the kind's own choice holds."},
    )
    channel = fields.String(
        required=True, validate=validate.OneOf([each.value for each in ChannelName])
    )
    timing = fields.String(
        required=True,
        validate=validate.OneOf([each.value for each in Timing]),
        metadata={"description": "in_digest: e-mail only. if_email_fails: SMS only."},
    )


class QuietHoursSchema(Schema):
    starts_at = Hour(required=True)
    ends_at = Hour(required=True)


class DigestSchema(Schema):
    rhythm = fields.String(required=True, validate=validate.OneOf([each.value for each in Rhythm]))
    at = Hour(required=True)
    weekday = StrictInteger(
        minimum=1,
        maximum=7,
        load_default=1,
        metadata={"description": "1 is Monday (ISO 8601); of a weekly digest."},
    )


class ChangePreferencesIn(Schema):
    choices = fields.List(
        fields.Nested(ChoiceSchema), required=True, validate=validate.Length(max=200)
    )
    quiet_hours = fields.Nested(QuietHoursSchema, required=True, allow_none=True)
    zone = Line(64, required=True, metadata={"description": "Of the hours, like Europe/Brussels."})
    digest = fields.Nested(DigestSchema, required=True)


class PreferencesOut(Schema):
    choices = fields.List(fields.Nested(ChoiceSchema))
    quiet_hours = fields.Nested(QuietHoursSchema, allow_none=True)
    zone = fields.String()
    digest = fields.Nested(DigestSchema)


class AlertKindOut(Schema):
    kind = fields.String()
    urgency = fields.String()
    origin = fields.String()
    to = fields.List(fields.String())
    email = fields.String(metadata={"description": "What holds for me."})
    inapp = fields.String(metadata={"description": "What holds for me."})
    sms = fields.String(metadata={"description": "What holds for me, once I proved a number."})
