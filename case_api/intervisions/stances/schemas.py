"""What requests and answers about a case's stance on intervision hold."""

from typing import Any

from marshmallow import fields, post_load, validate

from case_api.http.fields import AwareDateTime, Line, Schema, Uuid
from services.intervisions.stances.model import Answer


class RecordAgreementIn(Schema):
    answer = fields.String(required=True, validate=validate.OneOf([each.value for each in Answer]))
    evidence = fields.String(required=True, validate=validate.OneOf(["oral", "written"]))
    witness = Line(200, metadata={"description": "Required for an oral answer."})
    document = Line(300, metadata={"description": "Where the signed paper is; for written."})

    @post_load
    def typed(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"answer": Answer(data["answer"])}


class AgreementOut(Schema):
    id = Uuid()
    answer = fields.String()
    evidence = fields.String()
    witness = fields.String(allow_none=True)
    document = fields.String(allow_none=True)
    recorded_by = Uuid()
    recorded_at = AwareDateTime()
    withdrawn_at = AwareDateTime(allow_none=True)
    version = fields.Integer()


class ImpasseOut(Schema):
    id = Uuid()
    flagged_by = Uuid()
    flagged_at = AwareDateTime()
    lifted_by = Uuid(allow_none=True)
    lifted_at = AwareDateTime(allow_none=True)
    version = fields.Integer()


class ImpasseListedOut(Schema):
    case_id = Uuid()
    code = fields.String()
    flagged_at = AwareDateTime()
    leads = fields.Boolean(metadata={"description": "Whether I may propose it to a session."})
