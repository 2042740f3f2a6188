"""What an adult of the household sees of their file: one frozen tree, in plain words.

`HouseholdView` is the screen, `HouseholdCopy` all (GDPR 15, 20): what `portal_member()` may see.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from services.portal.plans.views import PlanGoalView


@dataclass(frozen=True)
class Person:
    """Oneself, as the file knows one."""

    id: UUID
    pseudonym: str
    given_name: str | None
    family_name: str | None
    birth_date: date | None
    joined_on: date


@dataclass(frozen=True)
class Housemate:
    role: str
    pseudonym: str


@dataclass(frozen=True)
class TeamMember:
    """`why`: the reason written when they were invited; none for the reference worker."""

    professional_id: UUID
    name: str
    organisation: str
    role: str
    role_in_words: str
    why: str | None
    since: datetime | None
    until: datetime | None
    state: str


@dataclass(frozen=True)
class HearingView:
    """`court` names the court and its canton; `address` is where it sits, if that is known."""

    starts_at: datetime
    room: str | None
    words: str
    court: str
    address: str | None


@dataclass(frozen=True)
class DateToKnow:
    """A date that is still to come, of the law, a judgment or an agreement; `protective`: something
    has to be done before it. `about`: what it is the date of. Only the law's own has an `article`.

    `on` is the cautious day. `doubt`: what to know if its rule is disputed or unverified.
    """

    on: date
    about: str
    computes: str
    protective: bool
    article: str | None
    certainty: str
    words: str
    doubt: str | None


@dataclass(frozen=True)
class WelfareCentreView:
    """Whether the public welfare centre may be told of a procedure.

    `opposed_on`: since when the household opposes it; None, with `opposition_id` and `version`, if
    it does not. `mine`: one's own to take back, or the team's note of what the household said.
    """

    procedure_id: UUID
    opposition_id: UUID | None
    opposed_on: date | None
    mine: bool
    version: int | None
    words: str


@dataclass(frozen=True)
class TaskView:
    id: UUID
    title: str
    due_on: date | None
    asked_by_me: bool


@dataclass(frozen=True)
class ProvisionView:
    effect: str
    recipient_kind: str
    recipient_id: UUID | None
    recipient_role: str | None
    recipient: str
    categories: list[str]
    words: str


@dataclass(frozen=True)
class ConsentView:
    """`mine`: given by oneself here. `for_me_alone`: no other adult is shown it."""

    id: UUID
    purpose: str
    evidence: str
    evidence_in_words: str
    witness: str | None
    document: str | None
    lifts_secrecy: bool
    given_at: datetime
    valid_from: datetime
    valid_until: datetime
    withdrawn_at: datetime | None
    renewed_at: datetime | None
    mine: bool
    for_me_alone: bool
    version: int
    provisions: list[ProvisionView]


@dataclass(frozen=True)
class ExclusionView:
    id: UUID
    name: str
    reason: str
    set_at: datetime
    lifted_at: datetime | None


@dataclass(frozen=True)
class RequestView:
    """A correction, a question or the wish for another worker, and what became of it."""

    id: UUID
    kind: str
    about: str | None
    words: str
    asked_at: datetime
    due_on: date | None
    state: str
    answer: str | None
    answered_at: datetime | None


@dataclass(frozen=True)
class GlassView:
    """Somebody opened the file in an emergency. `new`: since the session before this one."""

    id: UUID
    name: str
    organisation: str
    danger: str
    reason: str | None
    opened_at: datetime
    closes_at: datetime
    verdict: str | None
    new: bool


@dataclass(frozen=True)
class ReadView:
    """One read: who, when, which kinds of data, on which ground; in an emergency, why."""

    seq: int
    at: datetime
    professional_id: UUID
    name: str
    organisation: str
    what: str
    categories: list[str]
    basis: str | None
    ground: str | None
    reason: str | None


@dataclass(frozen=True)
class ShareView:
    """Somebody could read these categories from `since` to `until` (None: until further notice)."""

    professional_id: UUID
    name: str
    organisation: str
    basis: str
    ground: str
    categories: list[str]
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class MessageView:
    sent_at: datetime
    name: str
    organisation: str
    kind: str


@dataclass(frozen=True)
class HouseholdView:
    """`language` is that of its words. `dates_note`: until a lawyer confirmed the rules."""

    case_code: str
    state: str
    opened_at: datetime
    language: str
    me: Person
    others: list[Housemate]
    plan: list[PlanGoalView]
    team: list[TeamMember]
    hearing: HearingView | None
    dates: list[DateToKnow]
    dates_note: str | None
    welfare_centre: list[WelfareCentreView]
    tasks: list[TaskView]
    consents: list[ConsentView]
    exclusions: list[ExclusionView]
    requests: list[RequestView]
    emergencies: list[GlassView]
    shares: list[ShareView]
    messages: list[MessageView]


@dataclass(frozen=True)
class TenancyView:
    """The home and what it costs; nothing about the landlord."""

    address: str | None
    postal_code: str | None
    commune: str | None
    lease_kind: str
    rent_eur: Decimal | None
    months_of_arrears: Decimal | None
    started_on: date | None


@dataclass(frozen=True)
class ActView:
    kind: str
    acted_on: date
    received_on: date | None


@dataclass(frozen=True)
class ProcedureView:
    canton: str
    court: str
    roll_number: str | None
    opened_at: datetime
    acts: list[ActView]
    hearings: list[HearingView]
    dates: list[DateToKnow]


@dataclass(frozen=True)
class NoteView:
    id: UUID
    category: str
    author: str
    organisation: str
    written_at: datetime
    body: str


@dataclass(frozen=True)
class DocumentView:
    id: UUID
    category: str
    kind: str
    title: str
    original_name: str
    media_type: str
    size: int
    dated_on: date | None
    uploaded_at: datetime
    organisation: str


@dataclass(frozen=True)
class HouseholdCopy:
    """Everything: the view, and what the file holds that is theirs to have."""

    made_at: datetime
    view: HouseholdView
    tenancy: TenancyView | None
    procedures: list[ProcedureView]
    notes: list[NoteView]
    documents: list[DocumentView]
    reads: list[ReadView]
