"""The plan as an adult of the household is shown it."""

from marshmallow import fields

from case_api.fields import Day, Schema, Uuid


class OwnPlanStepOut(Schema):
    id = Uuid()
    what = fields.String()
    who = fields.String(allow_none=True, metadata={"description": "None: the household itself."})
    organisation = fields.String(allow_none=True)
    due_on = Day(allow_none=True)
    state = fields.String()
    state_in_words = fields.String()
    drop_reason = fields.String(allow_none=True)
    version = fields.Integer()
    agreement = fields.String(metadata={"description": "What I said to it."})
    agreement_in_words = fields.String()


class OwnPlanGoalOut(Schema):
    id = Uuid()
    words = fields.String()
    mine = fields.Boolean(metadata={"description": "In my own words."})
    version = fields.Integer()
    agreement = fields.String(metadata={"description": "What I said to it."})
    agreement_in_words = fields.String()
    said = fields.List(fields.String(), metadata={"description": "What I added, oldest first."})
    steps = fields.List(fields.Nested(OwnPlanStepOut))
