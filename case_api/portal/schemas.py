"""What an adult of the household sends and gets."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from case_api.consent.schemas import ProvisionIn
from case_api.http.field_errors import wrong
from case_api.http.fields import AwareDateTime, Day, Line, Prose, Schema, Uuid
from case_api.portal.plans.schemas import OwnPlanGoalOut
from services.consent.commands import NewProvision
from services.portal.model import RequestKind

LANGUAGES = ("fr", "nl", "en")


class EnterIn(Schema):
    code = Line(40, required=True, metadata={"description": "As it was given; any grouping."})


class HouseholdSessionOut(Schema):
    csrf_token = fields.String(metadata={"description": "For X-CSRF-Token with every change."})
    expires_at = AwareDateTime()
    language = fields.String()


class LanguageArgs(Schema):
    language = fields.String(load_default=None, validate=validate.OneOf(LANGUAGES))


class OwnPersonOut(Schema):
    id = Uuid()
    pseudonym = fields.String()
    given_name = fields.String(allow_none=True)
    family_name = fields.String(allow_none=True)
    birth_date = Day(allow_none=True)
    joined_on = Day()


class HousemateOut(Schema):
    role = fields.String()
    pseudonym = fields.String()


class OwnTeamMemberOut(Schema):
    professional_id = Uuid()
    name = fields.String()
    organisation = fields.String()
    role = fields.String()
    role_in_words = fields.String()
    why = fields.String(allow_none=True)
    since = AwareDateTime(allow_none=True)
    until = AwareDateTime(allow_none=True)
    state = fields.String()


class OwnHearingOut(Schema):
    starts_at = AwareDateTime()
    room = fields.String(allow_none=True)
    words = fields.String()
    court = fields.String(metadata={"description": "With its canton."})
    address = fields.String(allow_none=True)


class OwnDateOut(Schema):
    on = Day()
    about = fields.String(
        metadata={"description": "deadline, eviction, term or instalment: whose date it is."}
    )
    computes = fields.String()
    protective = fields.Boolean()
    article = fields.String(
        allow_none=True, metadata={"description": "Of a date that the law computes."}
    )
    certainty = fields.String(metadata={"description": "found, disputed or unverified."})
    words = fields.String()
    doubt = fields.String(
        allow_none=True, metadata={"description": "To be said next to a date that is in doubt."}
    )


class OwnWelfareCentreOut(Schema):
    """Whether the public welfare centre (CPAS/OCMW) may be told of a procedure."""

    procedure_id = Uuid()
    opposition_id = Uuid(allow_none=True)
    opposed_on = Day(allow_none=True, metadata={"description": "Since when I oppose it."})
    mine = fields.Boolean(metadata={"description": "I can take it back."})
    version = fields.Integer(allow_none=True)
    words = fields.String()


class OwnTaskOut(Schema):
    id = Uuid()
    title = fields.String()
    due_on = Day(allow_none=True)
    asked_by_me = fields.Boolean()


class OwnProvisionOut(Schema):
    effect = fields.String()
    recipient_kind = fields.String()
    recipient_id = Uuid(allow_none=True)
    recipient_role = fields.String(allow_none=True)
    recipient = fields.String()
    categories = fields.List(fields.String())
    words = fields.String()


class OwnConsentOut(Schema):
    id = Uuid()
    purpose = fields.String()
    evidence = fields.String()
    evidence_in_words = fields.String()
    witness = fields.String(allow_none=True)
    document = fields.String(allow_none=True)
    lifts_secrecy = fields.Boolean()
    given_at = AwareDateTime()
    valid_from = AwareDateTime()
    valid_until = AwareDateTime()
    withdrawn_at = AwareDateTime(allow_none=True)
    renewed_at = AwareDateTime(allow_none=True)
    mine = fields.Boolean()
    for_me_alone = fields.Boolean(metadata={"description": "No other adult is shown it."})
    version = fields.Integer()
    provisions = fields.List(fields.Nested(OwnProvisionOut))


class OwnExclusionOut(Schema):
    id = Uuid()
    name = fields.String()
    reason = fields.String()
    set_at = AwareDateTime()
    lifted_at = AwareDateTime(allow_none=True)


class OwnRequestOut(Schema):
    id = Uuid()
    kind = fields.String(metadata={"description": "correction, question or another_worker"})
    about = fields.String(allow_none=True)
    words = fields.String()
    asked_at = AwareDateTime()
    due_on = Day(allow_none=True)
    state = fields.String()
    answer = fields.String(allow_none=True)
    answered_at = AwareDateTime(allow_none=True)


class EmergencyOut(Schema):
    """Somebody opened the file by break-glass."""

    id = Uuid()
    name = fields.String()
    organisation = fields.String()
    danger = fields.String()
    reason = fields.String(allow_none=True)
    opened_at = AwareDateTime()
    closes_at = AwareDateTime()
    verdict = fields.String(allow_none=True)
    new = fields.Boolean(metadata={"description": "Since my session before this one."})


class OwnReadOut(Schema):
    at = AwareDateTime()
    professional_id = Uuid()
    name = fields.String()
    organisation = fields.String()
    what = fields.String()
    categories = fields.List(fields.String())
    basis = fields.String(allow_none=True)
    ground = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)


class OwnShareOut(Schema):
    professional_id = Uuid()
    name = fields.String()
    organisation = fields.String()
    basis = fields.String()
    ground = fields.String()
    categories = fields.List(fields.String())
    since = AwareDateTime()
    until = AwareDateTime(allow_none=True)


class OwnMessageOut(Schema):
    sent_at = AwareDateTime()
    name = fields.String()
    organisation = fields.String()
    kind = fields.String()


class OwnHouseholdOut(Schema):
    case_code = fields.String()
    state = fields.String()
    opened_at = AwareDateTime()
    language = fields.String()
    me = fields.Nested(OwnPersonOut)
    others = fields.List(fields.Nested(HousemateOut))
    plan = fields.List(fields.Nested(OwnPlanGoalOut))
    team = fields.List(fields.Nested(OwnTeamMemberOut))
    hearing = fields.Nested(OwnHearingOut, allow_none=True)
    dates = fields.List(fields.Nested(OwnDateOut))
    dates_note = fields.String(
        allow_none=True,
        metadata={"description": "Said with the dates until a lawyer confirmed the rules."},
    )
    welfare_centre = fields.List(fields.Nested(OwnWelfareCentreOut))
    tasks = fields.List(fields.Nested(OwnTaskOut))
    consents = fields.List(fields.Nested(OwnConsentOut))
    exclusions = fields.List(fields.Nested(OwnExclusionOut))
    requests = fields.List(fields.Nested(OwnRequestOut))
    emergencies = fields.List(fields.Nested(EmergencyOut))
    shares = fields.List(fields.Nested(OwnShareOut))
    messages = fields.List(fields.Nested(OwnMessageOut))


class ReceiptOut(Schema):
    """A receipt for me to keep: what was done, under which number, and when."""

    id = Uuid()
    what = fields.String()
    at = AwareDateTime()


class GiveConsentIn(Schema):
    purpose = Line(300, required=True)
    valid_until = AwareDateTime(required=True)
    for_me_alone = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    provisions = fields.List(
        fields.Nested(ProvisionIn), required=True, validate=validate.Length(min=1, max=50)
    )

    @post_load
    def as_provisions(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"provisions": tuple(NewProvision(**each) for each in data["provisions"])}


class RefuseIn(Schema):
    professional_id = Uuid()
    organisation_id = Uuid()
    reason = Line(500, required=True)

    @validates_schema
    def one_named(self, data: dict[str, Any], **_: Any) -> None:
        if ("professional_id" in data) == ("organisation_id" in data):
            raise ValidationError(wrong("not_both"), "professional_id")


class AnotherWorkerIn(Schema):
    reason = Line(500, required=True)
    wanted_id = Uuid()


class AskIn(Schema):
    kind = fields.String(
        required=True, validate=validate.OneOf([kind.value for kind in RequestKind])
    )
    about = Line(200, required=True, metadata={"description": "Which data, or which access."})
    words = Prose(2_000, required=True)

    @post_load
    def kind_of_request(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"kind": RequestKind(data["kind"])}


class NameArgs(Schema):
    name = Line(100, required=True, validate=validate.Length(min=2, max=100))


class OrganisationChoiceOut(Schema):
    id = Uuid()
    name = fields.String()
    sector = fields.String()


class RoleChoiceOut(Schema):
    role = fields.String()
    words = fields.String()


class CategoryChoiceOut(Schema):
    category = fields.String()
    words = fields.String()


class ChoicesOut(Schema):
    organisations = fields.List(fields.Nested(OrganisationChoiceOut))
    roles = fields.List(fields.Nested(RoleChoiceOut))
    categories = fields.List(fields.Nested(CategoryChoiceOut))


class ProfessionalChoiceOut(Schema):
    id = Uuid()
    name = fields.String()
    organisation = fields.String()
