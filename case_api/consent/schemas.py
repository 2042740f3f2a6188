"""What requests and answers about consents hold."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from case_api.cases.schemas import LANGUAGE
from case_api.http.field_errors import wrong
from case_api.http.fields import AwareDateTime, CategoryMask, Line, Schema, Uuid
from services.cases.model import TeamRole
from services.consent.model import Effect, LegalGround, RecipientKind

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
                wrong("recipient", kind=data["recipient_kind"], wanted=wanted),
                f"recipient_{wanted}",
            )


class EvidenceIn(Schema):
    evidence = fields.String(required=True, validate=validate.OneOf(["oral", "written"]))
    witness = Line(200, metadata={"description": "Required for oral consent."})
    document = Line(300, metadata={"description": "Where the signed paper is; for written."})
    language = fields.String(required=True, validate=LANGUAGE)
    valid_until = AwareDateTime(required=True)


class RenewConsentIn(EvidenceIn):
    """How the household said it this time; what it agrees to stays the same."""


class RecordConsentIn(EvidenceIn):
    purpose = Line(300, required=True)
    member_id = Uuid(
        metadata={"description": "The adult who agrees for themselves alone; ends if they leave."}
    )
    lifts_secrecy = fields.Boolean(
        load_default=False,
        truthy={True},
        falsy={False},
        metadata={"description": "Lifts professional secrecy (Criminal Code art. 458)."},
    )
    legal_ground = fields.String(
        load_default=LegalGround.CONSENT.value,
        validate=validate.OneOf([ground.value for ground in LegalGround]),
        metadata={"description": "Why processing is lawful (GDPR art. 6(1))."},
    )
    confidential_to = Uuid(
        metadata={"description": "In the household's own view for this adult alone."}
    )
    provisions = fields.List(
        fields.Nested(ProvisionIn), required=True, validate=validate.Length(min=1, max=50)
    )

    @post_load
    def ground(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"legal_ground": LegalGround(data["legal_ground"])}


class ProvisionOut(Schema):
    effect = fields.String()
    recipient_kind = fields.String()
    recipient_id = Uuid(allow_none=True)
    recipient_role = fields.String(allow_none=True)
    categories = fields.List(fields.String())


class ConsentOut(Schema):
    id = Uuid()
    member_id = Uuid(allow_none=True)
    purpose = fields.String()
    evidence = fields.String()
    witness = fields.String(allow_none=True)
    document = fields.String(allow_none=True)
    lifts_secrecy = fields.Boolean()
    legal_ground = fields.String()
    legal_article = fields.String()
    language = fields.String()
    collected_by = Uuid(allow_none=True)
    confidential_to = Uuid(allow_none=True)
    given_at = AwareDateTime()
    valid_from = AwareDateTime()
    valid_until = AwareDateTime()
    withdrawn_at = AwareDateTime(allow_none=True)
    renewed_at = AwareDateTime(allow_none=True)
    renewed_from_id = Uuid(allow_none=True)
    version = fields.Integer()
    provisions = fields.List(fields.Nested(ProvisionOut))


class ExcludeIn(Schema):
    professional_id = Uuid()
    organisation_id = Uuid()
    reason = Line(500, required=True)

    @validates_schema
    def one_named(self, data: dict[str, Any], **_: Any) -> None:
        if ("professional_id" in data) == ("organisation_id" in data):
            raise ValidationError(wrong("not_both"), "professional_id")


class ExclusionOut(Schema):
    id = Uuid()
    professional_id = Uuid(allow_none=True)
    organisation_id = Uuid(allow_none=True)
    name = fields.String()
    reason = fields.String()
    set_by = Uuid(allow_none=True)
    set_by_member = Uuid(allow_none=True)
    set_at = AwareDateTime()
    lifted_by = Uuid(allow_none=True)
    lifted_at = AwareDateTime(allow_none=True)
    version = fields.Integer()


class OfferedCategoriesArgs(Schema):
    role = fields.String(required=True, validate=validate.OneOf(ROLES))


class OfferedCategoriesOut(Schema):
    """What the reference worker proposes to the household first; it decides."""

    role = fields.String()
    categories = fields.List(fields.String())
