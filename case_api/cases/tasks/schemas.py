"""What requests and answers about tasks hold."""

from marshmallow import fields

from case_api.cases.fields import CategoryName
from case_api.http.fields import AwareDateTime, Day, Line, Schema, Uuid


class AddTaskIn(Schema):
    category = CategoryName(required=True)
    title = Line(300, required=True)
    assignee_id = Uuid()
    due_on = Day()
    remind_at = AwareDateTime()
    confidential_to = Uuid(
        metadata={"description": "In the household's own view for this adult alone."}
    )


class TaskOut(Schema):
    id = Uuid()
    category = fields.String()
    title = fields.String()
    template = fields.String(allow_none=True)
    assignee_id = Uuid(allow_none=True)
    due_on = Day(allow_none=True)
    remind_at = AwareDateTime(allow_none=True)
    confidential_to = Uuid(allow_none=True)
    state = fields.String()
    done_at = AwareDateTime(allow_none=True)
    version = fields.Integer()
