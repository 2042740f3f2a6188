"""What requests and answers about compartments hold."""

from marshmallow import fields

from case_api.http.fields import AwareDateTime, Line, Schema, Uuid


class SealContactsIn(Schema):
    """Both at once: what is left out is emptied."""

    address = Line(300)
    phone = Line(50)


class CompartmentOut(Schema):
    """That there is something, and not what."""

    member_id = Uuid()
    has_address = fields.Boolean()
    has_phone = fields.Boolean()
    recorded_at = AwareDateTime()
    version = fields.Integer()


class SealedTextOut(Schema):
    text = fields.String()
