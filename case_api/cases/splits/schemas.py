"""What requests and answers about splitting a household hold."""

from marshmallow import fields, validate

from case_api.http.fields import Day, Line, Schema, Uuid


class LeaverIn(Schema):
    member_id = Uuid(required=True)
    pseudonym = Line(
        100, required=True, metadata={"description": "New: no name that the old file holds."}
    )


class SplitIn(Schema):
    members = fields.List(
        fields.Nested(LeaverIn), required=True, validate=validate.Length(min=1, max=30)
    )
    left_on = Day(required=True)


class PreviewSplitIn(Schema):
    member_ids = fields.List(Uuid(), required=True, validate=validate.Length(min=1, max=30))


class CopiedOut(Schema):
    """What moves with one of them: never what it says."""

    member_id = Uuid()
    role = fields.String()
    names = fields.Boolean()
    compartment = fields.Boolean()


class StaysOut(Schema):
    """How much stays in the old file, as it is."""

    notes = fields.Integer()
    documents = fields.Integer()
    tasks = fields.Integer()
    procedures = fields.Integer()
    consents = fields.Integer()
    team = fields.Integer()


class SplitPreviewOut(Schema):
    copied = fields.List(fields.Nested(CopiedOut))
    stays = fields.Nested(StaysOut)
    ends_consents = fields.Integer(
        metadata={"description": "Consents that those who leave gave for themselves alone."}
    )


class NewFileOut(Schema):
    """Write it down: nothing in the old file leads to it, and this answer is not kept."""

    id = Uuid()
    code = fields.String()
