"""What requests and answers about ballots hold. Only `BallotResultOut` knows what was given."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from case_api.http.field_errors import wrong
from case_api.http.fields import AwareDateTime, Prose, Schema, StrictInteger, Uuid

PRIORITIES = ("prison_past", "mental_suffering", "family_violence")
FINAL = "A vote is final: it can be neither changed nor taken back, nor shown to anybody."


class BallotTermsIn(Schema):
    opens_at = AwareDateTime(required=True)
    closes_at = AwareDateTime(
        required=True, metadata={"description": "A vote at this instant or later is late."}
    )
    points = StrictInteger(
        minimum=1,
        maximum=20,
        load_default=None,
        allow_none=True,
        metadata={"description": "A person's, at most. Without it: as in the series."},
    )
    self_vote = fields.Boolean(
        load_default=None,
        allow_none=True,
        metadata={"description": "Whether one may vote for one's own. Without it: as the series."},
    )
    places = StrictInteger(
        minimum=1,
        maximum=50,
        load_default=None,
        allow_none=True,
        metadata={
            "description": "How many proposals get a table. Without it: as many as there are"
        },
    )
    priority_order = fields.List(
        fields.String(validate=validate.OneOf(PRIORITIES)),
        load_default=list(PRIORITIES),
        validate=validate.Length(max=len(PRIORITIES)),
        metadata={"description": "Equal points: the first of these publics comes first."},
    )

    @validates_schema
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        if data["closes_at"] <= data["opens_at"]:
            raise ValidationError(wrong("after_opening"), "closes_at")

    @post_load
    def typed(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"priority_order": tuple(data["priority_order"])}


class MarkIn(Schema):
    proposal_id = Uuid(required=True)
    points = StrictInteger(minimum=-1000, maximum=1000, required=True)


class CastPaperIn(Schema):
    choices = fields.List(
        fields.Nested(MarkIn), required=True, validate=validate.Length(min=1, max=50)
    )


class VoidBallotIn(Schema):
    reason = Prose(500, required=True)


class BallotOptionOut(Schema):
    """An option; `priority` is the position of its public in `priority_order`, from 0, or null."""

    proposal_id = Uuid()
    pseudonym = fields.String(allow_none=True)
    priority = fields.Integer(allow_none=True)
    waiting_weeks = fields.Integer()
    withdrawn = fields.Boolean()


class BallotOut(Schema):
    id = Uuid()
    session_id = Uuid()
    state = fields.String(
        validate=validate.OneOf(["planned", "open", "counting", "closed", "void"])
    )
    points = fields.Integer()
    self_vote = fields.Boolean()
    priority_order = fields.List(fields.String())
    places = fields.Integer()
    opens_at = AwareDateTime()
    closes_at = AwareDateTime()
    electors = fields.Integer(
        allow_none=True, metadata={"description": "How many may vote; null until it opens."}
    )
    quorum = fields.Integer(allow_none=True)
    seed_digest = fields.String(
        allow_none=True,
        metadata={"description": "SHA-256 of the seed of the draw, fixed before the first vote."},
    )
    options = fields.List(fields.Nested(BallotOptionOut))
    elector = fields.Boolean(metadata={"description": "Whether I may vote."})
    voted = fields.Boolean(metadata={"description": f"Whether I did. {FINAL}"})
    void_code = fields.String(allow_none=True)
    void_reason = fields.String(allow_none=True)
    version = fields.Integer()


class BallotDryRunOut(Schema):
    options = fields.List(
        fields.Nested(BallotOptionOut),
        metadata={"description": "In the order in which equal points would put them."},
    )
    electors = fields.Integer()
    quorum = fields.Integer()


class BallotLineOut(Schema):
    proposal_id = Uuid()
    rank = fields.Integer(allow_none=True, metadata={"description": "null: withdrawn."})
    points = fields.Integer()
    chosen = fields.Boolean(metadata={"description": "Whether it gets a table."})


class BallotTieOut(Schema):
    """Two options of equal points, and what put the first before the second."""

    first_id = Uuid()
    second_id = Uuid()
    points = fields.Integer()
    rule = fields.String(validate=validate.OneOf(["priority_public", "waiting_time", "draw"]))
    decisive = fields.Boolean(metadata={"description": "Whether a table hung on it."})


class BallotResultOut(Schema):
    """A result with everything that anybody needs to count again (docs/decisions/0042)."""

    ballot_id = Uuid()
    session_id = Uuid()
    points = fields.Integer()
    places = fields.Integer()
    priority_order = fields.List(fields.String())
    electors = fields.Integer()
    quorum = fields.Integer()
    turnout = fields.Integer()
    has_quorum = fields.Boolean()
    seed = fields.String(metadata={"description": "32 bytes, in hexadecimal digits."})
    seed_digest = fields.String()
    papers_digest = fields.String()
    options = fields.List(fields.Nested(BallotOptionOut))
    lines = fields.List(fields.Nested(BallotLineOut))
    ties = fields.List(fields.Nested(BallotTieOut))
    lost_points = fields.Integer(
        metadata={"description": "Given to proposals that were withdrawn meanwhile."}
    )
    papers = fields.List(
        fields.Dict(keys=fields.String(), values=fields.Integer()),
        metadata={"description": "Each: points by proposal. Whose it is nobody knows any more."},
    )
