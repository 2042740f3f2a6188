"""What requests and answers about cases hold."""

from marshmallow import fields, validate

from case_api.cases.fields import Euros, MonthsOfRent
from case_api.cases.notes.schemas import NoteOut
from case_api.http.field_errors import wrong
from case_api.http.fields import AwareDateTime, Dated, Day, Line, Schema, Uuid
from services.households.model import LeaseKind

LANGUAGE = validate.Regexp(r"^[a-z]{2,3}\Z", error=wrong("language"))


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
        validate=validate.OneOf([kind.value for kind in LeaseKind]),
        metadata={
            "description": "`social`: whose the dwelling is is not known; `social_company`: a"
            " public-service housing company's; `social_public`: a commune's or a public welfare"
            " centre's. `lease_ended`: there was a lease and it is over; `without_title`: there"
            " never was one."
        },
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
