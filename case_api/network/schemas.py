"""What requests and answers about the network hold."""

from marshmallow import fields, validate

from case_api.http.fields import AwareDateTime, Day, Email, Line, Prose, Schema, Uuid
from services.network import escalation_rules
from services.network.model import OrganisationKind
from services.network.settings import NotesAfterWithdrawal
from services.shared.actor import RoleKind

LANGUAGES = ("fr", "nl", "en")


class RegisterOrganisationIn(Schema):
    name = Line(200, required=True)
    sector = Line(100, required=True)
    kind = fields.String(
        required=True, validate=validate.OneOf([k.value for k in OrganisationKind])
    )
    public_welfare_centre = fields.Boolean(
        metadata={"description": "A CPAS/OCMW: a tenant can oppose that it hears of a procedure."}
    )


class OrganisationOut(Schema):
    id = Uuid()
    name = fields.String()
    sector = fields.String()
    kind = fields.String()
    public_welfare_centre = fields.Boolean()


class OrganisationListedOut(OrganisationOut):
    signed_at = AwareDateTime(
        metadata={"description": "When it signed the protocol in force; null: not signed."}
    )


class RegisterProfessionalIn(Schema):
    organisation_id = Uuid(required=True)
    name = Line(200, required=True)
    email = Email(required=True)
    language = fields.String(required=True, validate=validate.OneOf(LANGUAGES))
    roles = fields.List(
        fields.String(validate=validate.OneOf([r.value for r in RoleKind])),
        required=True,
        validate=validate.Length(min=1, max=len(RoleKind)),
    )
    cantons = fields.List(Line(100), load_default=[], validate=validate.Length(max=50))
    issuer = Line(500, required=True)
    subject = Line(255, required=True)


class ProfessionalOut(Schema):
    id = Uuid()
    name = fields.String()
    organisation_id = Uuid()
    organisation = fields.String()
    language = fields.String()
    roles = fields.List(fields.String())
    cantons = fields.List(fields.String())


class PublishProtocolIn(Schema):
    title = Line(200, required=True)
    body = Prose(50_000, required=True)


class ProtocolOut(Schema):
    id = Uuid()
    number = fields.Integer()
    title = fields.String()
    body = fields.String()
    published_at = AwareDateTime()
    signed_by_my_organisation = fields.Boolean()


class SignatureOut(Schema):
    protocol_id = Uuid()
    organisation_id = Uuid()
    signed_at = AwareDateTime()
    signed_by = Uuid()


class NameSubstituteIn(Schema):
    substitute_id = Uuid(required=True)
    first_day = Day(required=True)
    last_day = Day(required=True, metadata={"description": "Included."})


class SubstitutionOut(Schema):
    id = Uuid()
    reference_id = Uuid()
    substitute_id = Uuid()
    first_day = Day()
    last_day = Day()
    ended_at = AwareDateTime(allow_none=True)


class NameTeamLeadIn(Schema):
    leads = fields.Boolean(required=True)


class EscalationStepIn(Schema):
    role = fields.String(
        required=True, validate=validate.OneOf([role.value for role in escalation_rules.ROLES])
    )
    wait_minutes = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(0, int(escalation_rules.LONGEST.total_seconds()) // 60),
        metadata={
            "description": "How long whoever was told last has to acknowledge. All waits of an "
            "alert shrink together so that the last step comes before its date."
        },
    )


class EscalationRulesIn(Schema):
    steps = fields.List(
        fields.Nested(EscalationStepIn), required=True, validate=validate.Length(min=1, max=3)
    )


class EscalationStepOut(Schema):
    role = fields.String()
    wait_minutes = fields.Integer()


class EscalationRulesOut(Schema):
    steps = fields.List(fields.Nested(EscalationStepOut))
    changed_at = AwareDateTime(allow_none=True)
    changed_by = Uuid(allow_none=True)
    version = fields.Integer(metadata={"description": "0: the default, not decided yet."})


class AccountOut(Schema):
    id = Uuid()
    active = fields.Boolean()


class HeldCaseOut(Schema):
    code = fields.String()


class ChangeSettingsIn(Schema):
    notes_after_withdrawal = fields.String(
        required=True, validate=validate.OneOf([each.value for each in NotesAfterWithdrawal])
    )


class SettingsOut(Schema):
    notes_after_withdrawal = fields.String(
        metadata={
            "description": "Who reads what was written under a consent that was taken back: the "
            "reference worker (kept_for_reference_worker) or nobody (sealed)."
        }
    )
    law = fields.String(metadata={"description": "What the controller decides under."})
    changed_at = AwareDateTime(allow_none=True)
    changed_by = Uuid(allow_none=True)
    version = fields.Integer(metadata={"description": "0: the default, not decided yet."})
