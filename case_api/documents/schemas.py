"""What requests and answers about documents hold."""

from typing import Any

from marshmallow import fields, post_load, validate

from case_api.cases.fields import CategoryName
from case_api.http.fields import AwareDateTime, Day, Line, Schema, Uuid
from services.documents.model import DocumentKind


class VersionIn(Schema):
    file = fields.Raw(
        required=True,
        metadata={
            "type": "string",
            "format": "binary",
            "description": "PDF, JPEG, PNG or plain text (UTF-8), at most 20 MB.",
        },
    )
    dated_on = Day(metadata={"description": "The day on the document."})
    expires_on = Day()


class UploadIn(VersionIn):
    category = CategoryName(required=True)
    kind = fields.String(
        required=True, validate=validate.OneOf([kind.value for kind in DocumentKind])
    )
    title = Line(200, required=True)
    confidential_to = Uuid(
        metadata={"description": "In the household's own view for this adult alone."}
    )

    @post_load
    def kind_of_document(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"kind": DocumentKind(data["kind"])}


class DocumentOut(Schema):
    id = Uuid()
    number = fields.Integer(metadata={"description": "Which version this is; 1 is the first."})
    case_id = Uuid()
    category = fields.String()
    kind = fields.String()
    title = fields.String()
    added_at = AwareDateTime()
    uploaded_by = Uuid()
    uploader = fields.String()
    organisation = fields.String()
    uploaded_at = AwareDateTime()
    original_name = fields.String()
    media_type = fields.String()
    size = fields.Integer(metadata={"description": "Bytes, as it is served."})
    dated_on = Day(allow_none=True)
    expires_on = Day(allow_none=True)
    confidential_to = Uuid(allow_none=True)
    scan_state = fields.String(
        validate=validate.OneOf(["quarantined", "clean", "infected", "unscanned"]),
        metadata={
            "description": "Served when `clean`; when `unscanned`, no scanner looked at it, and"
            " the operator lets it be served."
        },
    )
