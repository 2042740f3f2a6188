"""What requests and answers about the end of a case hold."""

from marshmallow import fields, validate

from case_api.http.fields import AwareDateTime, Prose, Schema, Uuid
from services.retention.model import ErasureGround, ErasureState

_BY_PERSONS = [ErasureGround.HOUSEHOLD_REQUEST.value, ErasureGround.UNLAWFUL.value]


class RequestErasureIn(Schema):
    ground = fields.String(
        required=True,
        validate=validate.OneOf(_BY_PERSONS),
        metadata={"description": "GDPR art. 17(1): asked for by the household, or unlawful."},
    )


class HoldIn(Schema):
    until = AwareDateTime(required=True)
    reason = Prose(2000, required=True)


class ErasuresArgs(Schema):
    state = fields.String(
        load_default=ErasureState.REQUESTED.value,
        validate=validate.OneOf([each.value for each in ErasureState]),
    )


class ErasureOut(Schema):
    """Opaque ids, a code, states and instants; nothing of the case."""

    id = Uuid()
    case_code = fields.String()
    ground = fields.String()
    state = fields.String()
    requested_by = Uuid(allow_none=True)
    requested_at = AwareDateTime()
    confirmed_by = Uuid(allow_none=True)
    confirmed_at = AwareDateTime(allow_none=True)
    erased_at = AwareDateTime(allow_none=True)
    version = fields.Integer()


class RowsOut(Schema):
    what = fields.String()
    rows = fields.Integer()


class RetentionOut(Schema):
    case_id = Uuid()
    closed_at = AwareDateTime(allow_none=True)
    purge_from = AwareDateTime(
        allow_none=True,
        metadata={"description": "Not before, and not before the warning is 30 days old."},
    )
    warned_at = AwareDateTime(allow_none=True)
    held_until = AwareDateTime(allow_none=True)
    hold_reason = fields.String(allow_none=True)
    erasure = fields.Nested(ErasureOut, allow_none=True)
    would_delete = fields.List(
        fields.Nested(RowsOut),
        metadata={"description": "What an erasure would delete: tables and numbers of rows."},
    )
    version = fields.Integer()
