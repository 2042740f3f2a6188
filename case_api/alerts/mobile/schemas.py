"""What requests and answers about a mobile number hold: of one's own, and never all of it."""

from marshmallow import fields, validate

from case_api.http.field_errors import wrong
from case_api.http.fields import AwareDateTime, Line, Schema


class GiveNumberIn(Schema):
    number = Line(
        16,
        required=True,
        metadata={"description": "E.164, of Europe: +32470123456.", "writeOnly": True},
    )


class VerifyNumberIn(Schema):
    code = fields.String(
        required=True,
        validate=validate.Regexp("^[0-9]{6}$", error=wrong("six_digits")),
        metadata={"description": "As it came by SMS.", "writeOnly": True},
    )


class MobileNumberOut(Schema):
    ending = fields.String(metadata={"description": "Its last two digits."})
    given_at = AwareDateTime()
    verified_at = AwareDateTime(
        allow_none=True, metadata={"description": "Before that, nothing but the code goes there."}
    )
    code_valid_until = AwareDateTime(allow_none=True)
