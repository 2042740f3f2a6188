"""What requests and answers about proposals hold. No answer holds an instant."""

from typing import Any

from marshmallow import fields, post_load, validate

from case_api.http.fields import Prose, Schema, Uuid
from services.intervisions.proposals.commands import ProposalText, Tag


class EditProposalIn(Schema):
    vignette = Prose(
        10_000,
        required=True,
        metadata={"description": "The situation, without anything that says whose it is."},
    )
    question = Prose(1_000, required=True)
    tags = fields.List(
        fields.String(validate=validate.OneOf([each.value for each in Tag])),
        load_default=[],
        validate=validate.Length(max=len(Tag)),
        metadata={"description": "The priority publics it is about."},
    )

    @post_load
    def typed(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        named = data.pop("tags")
        tags = tuple(each for each in Tag if each.value in named)
        text = ProposalText(vignette=data.pop("vignette"), question=data.pop("question"), tags=tags)
        return data | {"text": text}


class DraftProposalIn(EditProposalIn):
    case_id = Uuid(required=True)


class ReadProposalIn(Schema):
    approved = fields.Boolean(required=True)
    remark = Prose(1_000, load_default=None, allow_none=True)


class AttachIn(Schema):
    """A file, of which neither the name nor anything but the words is kept."""

    file = fields.Raw(
        required=True,
        metadata={"type": "string", "format": "binary", "description": "Plain text, UTF-8."},
    )


class TagOut(Schema):
    tag = fields.String()
    label = fields.String(metadata={"description": "In the language of Accept-Language."})


class ProposalOut(Schema):
    """A proposal; only its proposer and the reference worker see `case_id` and `case_code`."""

    id = Uuid()
    session_id = Uuid()
    pseudonym = fields.String()
    vignette = fields.String()
    question = fields.String()
    tags = fields.List(fields.Nested(TagOut))
    impasse = fields.Boolean()
    region = fields.String(
        allow_none=True, metadata={"description": "brussels, flanders or wallonia; null: unknown."}
    )
    waiting_weeks = fields.Integer()
    state = fields.String()
    mine = fields.Boolean()
    to_read = fields.Boolean()
    remark = fields.String(allow_none=True)
    case_id = Uuid(allow_none=True)
    case_code = fields.String(allow_none=True)
    attachments = fields.List(fields.String())
    version = fields.Integer()


class FoundOut(Schema):
    """A finding, from the sign `start` (0 is the first) up to `end`, the first one after it."""

    field = fields.String()
    start = fields.Integer()
    end = fields.Integer()
    kind = fields.String()


class ScreenedOut(Schema):
    """The findings, and the vignette with its exact dates said in weeks from the session."""

    found = fields.List(fields.Nested(FoundOut))
    in_weeks = fields.String()
