"""What requests and answers about the roster of a hearing hold."""

from typing import Any

from marshmallow import fields, post_load, validate

from case_api.http.fields import Dated, Line, Schema, Uuid
from services.evictions.hearings.roster_model import RosterRole


class AskAlongIn(Schema):
    role = fields.String(
        required=True, validate=validate.OneOf([each.value for each in RosterRole])
    )
    professional_id = Uuid(
        metadata={"description": "Somebody of the team who may read the procedure."}
    )
    outside = Line(100, metadata={"description": "Instead: the name of somebody outside."})

    @post_load
    def typed(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"role": RosterRole(data["role"])}


class AccompanimentOut(Schema):
    """`moved`: asked anew for another date; `ended`: they may no longer know of the hearing."""

    id = Uuid()
    role = fields.String()
    professional_id = Uuid(allow_none=True)
    name = fields.String()
    outside = fields.Boolean(metadata={"description": "Not in Maillage: known by name alone."})
    state = fields.String()
    asked_by = Uuid()
    asked_at = Dated()
    answered_by = Uuid(allow_none=True)
    answered_at = Dated(allow_none=True)
    version = fields.Integer()
