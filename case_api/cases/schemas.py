"""What requests and answers about cases hold."""

from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from case_api.field_errors import wrong
from case_api.fields import AwareDateTime, Dated, Day, Line, Prose, Schema, Uuid
from services.cases.model import TeamRole
from services.shared.categories import NAMES

LANGUAGE = validate.Regexp(r"^[a-z]{2,3}\Z", error=wrong("language"))


class CategoryName(fields.String):
    """One category by its name; a Category inside."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.OneOf(list(NAMES)), **kwargs)

    def deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        name = super().deserialize(value, *args, **kwargs)
        return NAMES[name] if isinstance(name, str) else name


class Euros(fields.Decimal):
    """An exact amount in euros as text, "650.00": JSON numbers lose cents. Nothing is rounded."""

    decimals = 2

    def __init__(self, **kwargs: Any) -> None:
        bounds = validate.Range(min=0, max=99_999_999)
        super().__init__(as_string=True, places=2, validate=bounds, **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str):
            raise ValidationError(wrong("amount"))
        if len(value.partition(".")[2]) > self.decimals:
            raise ValidationError(wrong("decimals", decimals=self.decimals))
        return super()._deserialize(value, *args, **kwargs)


class MonthsOfRent(Euros):
    """Months of rent as text, "3" or "2.5"."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.places = Decimal("0.1")
        self.validators = [validate.Range(min=0, max=9999, error=wrong("months_of_rent"))]


class MemberIn(Schema):
    role = fields.String(required=True, validate=validate.OneOf(["adult", "child"]))
    pseudonym = Line(100, required=True, metadata={"description": "Enough by itself."})
    family_name = Line(100)
    given_name = Line(100)
    birth_date = Day()
    joined_on = Day()


class OpenCaseIn(Schema):
    language = fields.String(required=True, validate=LANGUAGE)
    commune = Line(100)
    members = fields.List(
        fields.Nested(MemberIn), load_default=[], validate=validate.Length(max=30)
    )


class MemberOut(Schema):
    id = Uuid()
    person_id = Uuid(metadata={"description": "The same in every membership of one person."})
    role = fields.String()
    pseudonym = fields.String()
    family_name = fields.String(allow_none=True)
    given_name = fields.String(allow_none=True)
    birth_date = Dated("date", allow_none=True)
    joined_on = Dated("date")
    left_on = Dated("date", allow_none=True)
    version = fields.Integer()


class LeftOnIn(Schema):
    left_on = Day(required=True)
    goes_on_without_adult = fields.Boolean(
        load_default=False,
        truthy={True},
        falsy={False},
        metadata={"description": "The last adult leaves and the case stays open."},
    )


class CameBackIn(Schema):
    joined_on = Day(required=True)


class TenancyIn(Schema):
    address = Line(300)
    postal_code = Line(10)
    landlord = Line(200)
    lease_kind = fields.String(
        required=True,
        validate=validate.OneOf(
            ["main_residence", "social", "commercial_dwelling", "other", "without_title"]
        ),
    )
    rent_eur = Euros()
    months_of_arrears = MonthsOfRent()
    started_on = Day()


class TenancyOut(Schema):
    address = fields.String(allow_none=True)
    postal_code = fields.String(allow_none=True)
    landlord = fields.String(allow_none=True)
    lease_kind = fields.String()
    rent_eur = fields.String(allow_none=True)
    months_of_arrears = fields.String(allow_none=True)
    started_on = Dated("date", allow_none=True)
    version = fields.Integer()


class HouseholdOut(Schema):
    language = fields.String()
    commune = fields.String(allow_none=True)
    members = fields.List(fields.Nested(MemberOut))


class ReferenceWorkerOut(Schema):
    professional_id = Uuid()
    name = fields.String()
    organisation = fields.String()
    since = Dated()


class PlaceOut(Schema):
    """A place in the team. `reason` is for the reference worker."""

    id = Uuid()
    professional_id = Uuid()
    name = fields.String()
    organisation = fields.String()
    role = fields.String()
    state = fields.String()
    reason = fields.String(allow_none=True)
    invited_at = Dated()
    accepted_at = Dated(allow_none=True)
    ends_at = Dated(allow_none=True)
    ended_at = Dated(allow_none=True)
    version = fields.Integer()


class NoteOut(Schema):
    id = Uuid()
    category = fields.String()
    author_id = Uuid()
    author = fields.String()
    organisation = fields.String()
    written_at = Dated()
    version = fields.Integer(metadata={"description": "The number of the wording."})
    body = fields.String()
    amended_at = Dated(allow_none=True)
    personal = fields.Boolean(metadata={"description": "Only its author ever reads it."})
    confidential_to = Uuid(allow_none=True)


class OpenRequestOut(Schema):
    """The household waits for another reference worker, or for an answer."""

    id = Uuid()
    wanted_id = Uuid(allow_none=True)
    recorded_at = Dated()


class CaseOut(Schema):
    """The file as this reader may see it: `categories` names what is open to them."""

    id = Uuid()
    code = fields.String()
    state = fields.String()
    opened_at = AwareDateTime()
    categories = fields.List(fields.String())
    reference_worker = fields.Nested(ReferenceWorkerOut, allow_none=True)
    household = fields.Nested(HouseholdOut, allow_none=True)
    tenancy = fields.Nested(TenancyOut, allow_none=True)
    team = fields.List(fields.Nested(PlaceOut))
    worker_requests = fields.List(fields.Nested(OpenRequestOut))
    notes = fields.List(fields.Nested(NoteOut))


class CaseSummaryOut(Schema):
    id = Uuid()
    code = fields.String()
    state = fields.String()
    opened_at = AwareDateTime()
    leads = fields.Boolean(metadata={"description": "Whether I am the reference worker."})
    next_deadline = Day(allow_none=True)


class InviteIn(Schema):
    professional_id = Uuid(required=True)
    role = fields.String(required=True, validate=validate.OneOf([r.value for r in TeamRole]))
    reason = Line(500, required=True)
    ends_at = AwareDateTime()
    confidential_to = Uuid(
        metadata={"description": "In the household's own view for this adult alone."}
    )

    @post_load
    def role_kind(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"role": TeamRole(data["role"])}


class ParticipationOut(Schema):
    id = Uuid()
    case_id = Uuid()
    professional_id = Uuid()
    role = fields.String()
    state = fields.String()
    invited_at = AwareDateTime()
    accepted_at = AwareDateTime(allow_none=True)
    ends_at = AwareDateTime(allow_none=True)
    ended_at = AwareDateTime(allow_none=True)
    confidential_to = Uuid(allow_none=True)
    version = fields.Integer()


class InvitationOut(Schema):
    id = Uuid()
    case_id = Uuid()
    case_code = fields.String()
    role = fields.String()
    reason = fields.String()
    state = fields.String()
    invited_by = fields.String()
    organisation = fields.String()
    invited_at = AwareDateTime()
    ends_at = AwareDateTime(allow_none=True)
    version = fields.Integer()


class WriteNoteIn(Schema):
    category = CategoryName(required=True)
    body = Prose(20_000, required=True)
    personal = fields.Boolean(
        load_default=False,
        truthy={True},
        falsy={False},
        metadata={"description": "Mine alone: nobody else ever reads it, handover or not."},
    )
    confidential_to = Uuid(
        metadata={"description": "In the household's own view for this adult alone."}
    )


class AmendNoteIn(Schema):
    body = Prose(20_000, required=True)
    reason = Line(500, required=True)


class MoveNoteIn(Schema):
    category = CategoryName(required=True)
    reason = Line(500, required=True)


class RevisionOut(Schema):
    number = fields.Integer()
    category = fields.String()
    body = fields.String()
    reason = fields.String(allow_none=True)
    written_at = AwareDateTime()


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
