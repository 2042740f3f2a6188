"""What answers about calendar feeds hold."""

from marshmallow import fields

from case_api.http.fields import Dated, Schema, Uuid


class FeedOut(Schema):
    id = Uuid()
    created_at = Dated()
    last_used_at = Dated(allow_none=True)


class OpenedFeedOut(Schema):
    id = Uuid()
    created_at = Dated()
    url = fields.String(
        metadata={"description": "Shown once. Whoever has it reads the dates: keep it secret."}
    )
