"""What requests and answers about consents hold."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from case_api.cases.schemas import LANGUAGE
from case_api.fields import AwareDateTime, CategoryMask, Line, Schema, Uuid
from services.cases.model import TeamRole
from services.consent.model import Effect, RecipientKind

ROLES = [role.value for role in TeamRole] + ["liaison"]


class ProvisionIn(Schema):
    """Permits or denies categories to a person, an organisation or a role."""

    effect = fields.String(
        load_default=Effect.PERMIT.value, validate=validate.OneOf([e.value for e in Effect])
    )
    recipient_kind = fields.String(
        required=True, validate=validate.OneOf([k.value for k in RecipientKind])
    )
    recipient_id = Uuid()
    recipient_role = fields.String(validate=validate.OneOf(ROLES))
    categories = CategoryMask(minimum=1, required=True)

    @validates_schema
    def one_recipient(self, data: dict[str, Any], **_: Any) -> None:
        by_role = data["recipient_kind"] == RecipientKind.ROLE
        wanted, other = ("role", "id") if by_role else ("id", "role")
        if f"recipient_{wanted}" not in data or f"recipient_{other}" in data:
            raise ValidationError(
                f"A {data['recipient_kind']} is named by recipient_{wanted} only.",
                f"recipient_{wanted}",
            )


class RecordConsentIn(Schema):
    purpose = Line(300, required=True)
    evidence = fields.String(required=True, validate=validate.OneOf(["oral", "written"]))
    witness = Line(200)
    language = fields.String(required=True, validate=LANGUAGE)
    valid_until = AwareDateTime(required=True)
    provisions = fields.List(
        fields.Nested(ProvisionIn), required=True, validate=validate.Length(min=1, max=50)
    )


class ProvisionOut(Schema):
    effect = fields.String()
    recipient_kind = fields.String()
    recipient_id = Uuid(allow_none=True)
    recipient_role = fields.String(allow_none=True)
    categories = fields.List(fields.String())


class ConsentOut(Schema):
    id = Uuid()
    purpose = fields.String()
    evidence = fields.String()
    witness = fields.String(allow_none=True)
    language = fields.String()
    collected_by = Uuid()
    given_at = AwareDateTime()
    valid_from = AwareDateTime()
    valid_until = AwareDateTime()
    withdrawn_at = AwareDateTime(allow_none=True)
    version = fields.Integer()
    provisions = fields.List(fields.Nested(ProvisionOut))
