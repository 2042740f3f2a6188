"""What requests and answers about tables, seats and the undertaking hold."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from case_api.http.field_errors import wrong
from case_api.http.fields import Line, Schema, StrictInteger, Uuid
from case_api.network.schemas import LANGUAGES


class NewTableIn(Schema):
    proposal_id = Uuid(load_default=None, allow_none=True)
    topic = Line(200, load_default=None, allow_none=True)

    @validates_schema
    def one_of_them(self, data: dict[str, Any], **_: Any) -> None:
        if (data["proposal_id"] is None) == (data["topic"] is None):
            raise ValidationError(wrong("proposal_or_topic"))


class MakeTablesIn(Schema):
    tables = fields.List(
        fields.Nested(NewTableIn), required=True, validate=validate.Length(min=1, max=20)
    )


class AllocateIn(Schema):
    dry_run = fields.Boolean(
        load_default=False,
        truthy={True},
        falsy={False},
        metadata={"description": "Shows the seats and writes nothing."},
    )


class MoveSeatIn(Schema):
    professional_id = Uuid(required=True)
    table_id = Uuid(required=True)
    note = Line(300, required=True)


class SittingOut(Schema):
    professional_id = Uuid()
    name = fields.String()
    organisation = fields.String()
    sector = fields.String()
    placed = fields.String(allow_none=True, metadata={"description": "automatic or moved."})
    note = fields.String(allow_none=True)
    signed = fields.Boolean(
        allow_none=True, metadata={"description": "For the facilitator: whether they promised."}
    )


class TableOut(Schema):
    id = Uuid()
    number = fields.Integer()
    proposal_id = Uuid(allow_none=True)
    topic = fields.String(allow_none=True)
    mine = fields.Boolean(metadata={"description": "I sit there."})
    people = fields.List(
        fields.Nested(SittingOut),
        metadata={"description": "To the facilitator of every table, to others of their own."},
    )


class SeatingOut(Schema):
    version = fields.Integer()
    state = fields.String(metadata={"description": "open or closed."})
    dry_run = fields.Boolean()
    tables = fields.List(fields.Nested(TableOut))
    unseated = fields.List(
        fields.Nested(SittingOut),
        metadata={"description": "Who comes and has no seat that is possible."},
    )


class DeclareConflictIn(Schema):
    proposal_id = Uuid(required=True)


class ConflictOut(Schema):
    proposal_id = Uuid()


class InviteInIn(Schema):
    professional_id = Uuid(required=True)


class InvitedInOut(Schema):
    professional_id = Uuid()


class UndertakingArgs(Schema):
    language = fields.String(validate=validate.OneOf(LANGUAGES), load_default="fr")


class SignIn(Schema):
    number = StrictInteger(minimum=1, maximum=10_000, required=True)
    language = fields.String(validate=validate.OneOf(LANGUAGES), required=True)


class UndertakingOut(Schema):
    number = fields.Integer(metadata={"description": "Of the text in force."})
    language = fields.String()
    text = fields.String()
    signed = fields.Integer(allow_none=True, metadata={"description": "The text I signed."})
