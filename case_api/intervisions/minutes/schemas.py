"""What requests and answers about minutes hold. No answer says when anything was written."""

from marshmallow import fields

from case_api.cases.fields import CategoryName
from case_api.http.fields import Prose, Schema, Uuid


class MinutesIn(Schema):
    body = Prose(20_000, required=True)


class AddendumOut(Schema):
    number = fields.Integer()
    author_id = Uuid()
    author = fields.String()
    body = fields.String()


class MinutesOut(Schema):
    id = Uuid()
    table_id = Uuid()
    state = fields.String(metadata={"description": "draft or final."})
    version = fields.Integer()
    number = fields.Integer(metadata={"description": "Of the wording shown."})
    note_taker_id = Uuid()
    note_taker = fields.String()
    body = fields.String()
    addenda = fields.List(fields.Nested(AddendumOut))


class WordingOut(Schema):
    number = fields.Integer()
    author_id = Uuid()
    author = fields.String()
    body = fields.String()


class MinutesOfCaseOut(Schema):
    id = Uuid()
    session_id = Uuid()
    proposal_id = Uuid()
    state = fields.String()


class CaseCopyIn(Schema):
    category = CategoryName(required=True)
    body = Prose(20_000, required=True)
    personal = fields.Boolean(
        load_default=False,
        truthy={True},
        falsy={False},
        metadata={"description": "For me alone; only then may it repeat the minutes."},
    )


class CaseCopyOut(Schema):
    case_id = Uuid()
    note_id = Uuid()
