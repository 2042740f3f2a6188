"""One case file of the demo, and the steps its people take in it."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from infra.demo.cast import Cast
from services.cases import commands as cases
from services.cases.household.commands import NewMember, RecordTenancy, record_tenancy
from services.cases.model import TeamRole
from services.cases.notes import commands as notes
from services.cases.team import commands as team
from services.consent import commands as consent
from services.consent.commands import NewProvision
from services.evictions.counting.calendar import belgium
from services.evictions.hearings import commands as hearings
from services.evictions.law.acts import ActKind
from services.evictions.procedures import acts
from services.evictions.procedures import commands as evictions
from services.shared.categories import Category
from services.shared.clock import brussels, legal_day

Member = tuple[str, str | None, str | None]
# Somebody of each organisation, by whom it is found.
_ONE_OF = {"cpas": "lotte", "uln": "nora", "ssm": "ines", "cass": "joris"}


@dataclass
class File:
    """`lead` is the reference worker; each step is a transaction of whoever takes it."""

    cast: Cast
    lead: str
    case_id: UUID
    procedure_id: UUID | None = None

    @classmethod
    def open(
        cls, cast: Cast, lead: str, language: str, commune: str | None, *members: Member
    ) -> "File":
        """The first member is an adult, the others children: (pseudonym, family, given name)."""
        rows = tuple(
            NewMember(
                role="adult" if index == 0 else "child",
                pseudonym=pseudonym,
                family_name=family,
                given_name=given,
            )
            for index, (pseudonym, family, given) in enumerate(members)
        )
        with cast.acts(lead) as (actor, uow):
            cmd = cases.OpenCase(language=language, commune=commune, members=rows)
            return cls(cast, lead, cases.open_case(cmd, actor=actor, uow=uow).id)

    def tenancy(self, *, address: str, rent: str, arrears: str, landlord: str) -> None:
        cmd = RecordTenancy(
            address=address,
            postal_code=address[-4:],
            landlord=landlord,
            lease_kind="main_residence",
            rent_eur=Decimal(rent),
            months_of_arrears=Decimal(arrears),
        )
        with self.cast.acts(self.lead) as (actor, uow):
            record_tenancy(self.case_id, cmd, version=None, actor=actor, uow=uow)

    def consent(self, *given: tuple[str, str, Category]) -> UUID:
        """Each (recipient kind, key, categories) becomes a provision; the consent's id."""
        cmd = consent.RecordConsent(
            case_id=self.case_id,
            purpose="Garder le logement · De woning behouden",
            evidence="oral",
            witness="accueil · onthaal",
            language="fr",
            valid_until=self.cast.in_days(180),
            provisions=tuple(self._provision(*each) for each in given),
        )
        with self.cast.acts(self.lead) as (actor, uow):
            return consent.record_consent(cmd, actor=actor, uow=uow).id

    def _provision(self, kind: str, key: str, categories: Category) -> NewProvision:
        actors = self.cast.actors
        people = {"person": lambda: actors[key].id}
        people["organisation"] = lambda: actors[_ONE_OF[key]].organisation_id
        return NewProvision(
            effect="permit",
            recipient_kind=kind,
            recipient_id=people[kind]() if kind in people else None,
            recipient_role=key if kind == "role" else None,
            categories=categories,
        )

    def join(self, guest: str, role: TeamRole, reason: str) -> None:
        cmd = team.Invite(
            case_id=self.case_id,
            professional_id=self.cast.actors[guest].id,
            role=role,
            reason=reason,
        )
        with self.cast.acts(self.lead) as (actor, uow):
            place = team.invite(cmd, actor=actor, uow=uow).id
        with self.cast.acts(guest) as (actor, uow):
            team.answer_invitation(place, accept=True, actor=actor, uow=uow)

    def note(self, author: str, category: Category, body: str) -> None:
        cmd = notes.WriteNote(case_id=self.case_id, category=category, body=body)
        with self.cast.acts(author) as (actor, uow):
            notes.write_note(cmd, actor=actor, uow=uow)

    def procedure(self, canton: str, roll_number: str | None) -> None:
        cmd = evictions.OpenProcedure(case_id=self.case_id, canton=canton, roll_number=roll_number)
        with self.cast.acts(self.lead) as (actor, uow):
            self.procedure_id = evictions.open_procedure(cmd, actor=actor, uow=uow).id

    def act(self, kind: ActKind, days: int) -> None:
        """`days` from today, negative for the past."""
        day = legal_day(self.cast.clock.now()) + timedelta(days=days)
        cmd = acts.RecordAct(procedure_id=self._procedure(), kind=kind, acted_on=day)
        with self.cast.acts(self.lead) as (actor, uow):
            acts.record_act(cmd, actor=actor, uow=uow)

    def hearing(self, days: int) -> None:
        cmd = hearings.SetHearing(
            procedure_id=self._procedure(),
            starts_at=_court_hour(self.cast.in_days(days)),
            room="2",
        )
        with self.cast.acts(self.lead) as (actor, uow):
            hearings.set_hearing(cmd, actor=actor, uow=uow)

    def _procedure(self) -> UUID:
        if self.procedure_id is None:
            raise LookupError("open the procedure first")
        return self.procedure_id


def _court_hour(moment: datetime) -> datetime:
    """Nine o'clock in Brussels on that day, or on the next working day."""
    return brussels(belgium().next_working_day(legal_day(moment)), time(9, 0))
