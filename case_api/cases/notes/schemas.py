"""What requests and answers about notes hold."""

from marshmallow import fields

from case_api.cases.fields import CategoryName
from case_api.http.fields import AwareDateTime, Dated, Line, Prose, Schema, Uuid


class NoteOut(Schema):
    id = Uuid()
    category = fields.String()
    author_id = Uuid()
    author = fields.String()
    organisation = fields.String()
    written_at = Dated()
    version = fields.Integer(metadata={"description": "The number of the wording."})
    body = fields.String()
    amended_at = Dated(allow_none=True)
    personal = fields.Boolean(metadata={"description": "Only its author ever reads it."})
    confidential_to = Uuid(allow_none=True)


class WriteNoteIn(Schema):
    category = CategoryName(required=True)
    body = Prose(20_000, required=True)
    personal = fields.Boolean(
        load_default=False,
        truthy={True},
        falsy={False},
        metadata={"description": "Mine alone: nobody else ever reads it, handover or not."},
    )
    confidential_to = Uuid(
        metadata={"description": "In the household's own view for this adult alone."}
    )


class AmendNoteIn(Schema):
    body = Prose(20_000, required=True)
    reason = Line(500, required=True)


class MoveNoteIn(Schema):
    category = CategoryName(required=True)
    reason = Line(500, required=True)


class RevisionOut(Schema):
    number = fields.Integer()
    category = fields.String()
    body = fields.String()
    reason = fields.String(allow_none=True)
    written_at = AwareDateTime()
