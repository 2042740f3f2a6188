"""What requests and answers about courts hold."""

from typing import Any

from marshmallow import fields, post_load, validate

from case_api.http.fields import Dated, Day, Email, Line, Schema, Uuid
from case_api.languages import chosen_language

_CODE = validate.Regexp(r"[1-9][0-9]{3}\Z")
_NIS = validate.Regexp(r"[0-9]{5}\Z")


class CourtArgs(Schema):
    q = Line(100, metadata={"description": "Part of a name of it, or of one of its communes."})
    commune = Line(100, metadata={"description": "Name, NIS code or postal code."})


class CommuneIn(Schema):
    nis_code = Line(5, required=True, validate=_NIS)
    fr = Line(100, required=True)
    nl = Line(100, required=True)
    postal_codes = fields.List(
        Line(4, validate=_CODE), required=True, validate=validate.Length(min=1, max=50)
    )
    split = fields.Boolean(load_default=False)


class CourtNamesIn(Schema):
    en = Line(100)
    fr = Line(100)
    nl = Line(100)
    de = Line(100)


class CorrectCourtIn(Schema):
    """A correction gives only what is wrong; the rest stays as it was imported."""

    reason = Line(500, required=True)
    names = fields.Nested(CourtNamesIn, validate=validate.Length(min=1))
    also_known_as = fields.List(Line(100), validate=validate.Length(min=1, max=20))
    communes = fields.List(fields.Nested(CommuneIn), validate=validate.Length(min=1, max=50))
    address = Line(200)
    phone = Line(50)
    email = Email()
    valid_until = Day(metadata={"description": "The last day of this canton."})

    @post_load
    def as_data(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        ends = data.get("valid_until")
        return data | ({"valid_until": ends.isoformat()} if ends else {})


class CommuneOut(Schema):
    nis_code = fields.String()
    fr = fields.String()
    nl = fields.String()
    postal_codes = fields.List(fields.String())
    split = fields.Boolean(metadata={"description": "true: `territory` says which of its streets."})


class LocalName(fields.String):
    """The name in the reader's language; where there is none, as people of the place say it."""

    def get_value(self, obj: Any, attr: str, accessor: Any = None, default: Any = None) -> Any:
        return obj.names.get(chosen_language(), obj.code)


class CourtOut(Schema):
    """`code` is what a procedure and a liaison hold as their `canton`."""

    id = Uuid()
    code = fields.String()
    name = LocalName()
    names = fields.Dict(keys=fields.String(), values=fields.String())
    seat = fields.Dict(keys=fields.String(), values=fields.String())
    communes = fields.List(fields.Nested(CommuneOut))
    arrondissement = fields.String()
    region = fields.String()
    address = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    valid_from = Dated("date", allow_none=True)
    valid_until = Dated("date", allow_none=True)
    source = fields.String()
    source_version = fields.String()
    corrected = fields.Boolean()


class CourtCorrectionOut(Schema):
    id = Uuid()
    state = fields.String()
    changes = fields.Dict(keys=fields.String())
    reason = fields.String()
    made_by = Uuid()
    made_at = Dated()
    withdrawn_by = Uuid(allow_none=True)
    withdrawn_at = Dated(allow_none=True)
    version = fields.Integer()


class CourtInFullOut(CourtOut):
    territory = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={"description": "Verbatim from the annex to the Judicial Code, in fr and nl."},
    )
    known_as = fields.List(fields.String())
    corrections = fields.List(fields.Nested(CourtCorrectionOut))
