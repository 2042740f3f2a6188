"""What people do to their cases: each step is a command of ours and the same fact in the model."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from infra.demo.cast import Cast
from services.cases import commands as cases
from services.cases.handover_model import ChecklistItem
from services.cases.handovers import commands as handovers
from services.cases.household import memberships
from services.cases.model import TeamRole
from services.cases.team import commands as team
from services.cases.team import leaving
from services.cases.team.exclusions import exclude
from services.consent import commands as consent
from services.consent.break_glass import commands as break_glass
from services.consent.break_glass.model import Danger, Verdict
from services.consent.commands import NewProvision
from services.consent.exclusions import Exclude, lift_exclusion
from services.evictions.procedures import commands as evictions
from services.evictions.welfare_centre import oppositions
from services.evictions.welfare_centre.model import Manner
from services.network import commands as network
from services.network import substitutes
from services.shared.actor import Actor, RoleKind
from services.shared.categories import Category
from services.shared.errors import DomainError
from services.shared.unit_of_work import UnitOfWork
from tests.consent.model import Dossier, Given, Period, Place, Says, Someone, World


@dataclass
class Story:
    """A command that refuses raises, and then the model has not moved either."""

    cast: Cast
    world: World
    protocol: UUID
    # Open proposals: handover -> (case, receiver, whether the former one stays).
    handovers: dict[UUID, tuple[UUID, UUID, bool]] = field(default_factory=dict)
    # What somebody says on the telephone who asks for help: case -> its code.
    codes: dict[UUID, str] = field(default_factory=dict)

    @classmethod
    def of(cls, cast: Cast, protocol: UUID) -> "Story":
        """Everybody of a cast whose organisations have all signed now."""
        people = {
            actor.id: Someone(
                actor.id, actor.organisation_id, frozenset(actor.roles), actor.cantons
            )
            for actor in cast.actors.values()
        }
        signed = {each.organisation: cast.clock.now() for each in people.values()}
        centres = {cast.actors["rw2"].organisation_id} if "rw2" in cast.actors else set()
        return cls(cast, World(people, signed, centres=centres), protocol)

    @property
    def now(self) -> datetime:
        return self.cast.clock.now()

    @contextmanager
    def acts(self, who: UUID) -> Iterator[tuple[Actor, UnitOfWork]]:
        known = next(each for each in self.cast.actors.values() if each.id == who)
        facts = self.world.people[who]
        roles = frozenset(map(RoleKind, facts.roles))
        actor = replace(known, organisation_id=facts.organisation, roles=roles)
        with self.cast.api.transaction(clock=self.cast.clock, actor=actor) as uow:
            yield actor, uow

    def open(self, who: UUID, **facts: Any) -> UUID:
        with self.acts(who) as (actor, uow):
            cmd = cases.OpenCase(language="fr", **facts)
            case = cases.open_case(cmd, actor=actor, uow=uow)
        self.world.dossiers[case.id] = Dossier(who, self.now)
        self.codes[case.id] = case.code
        return case.id

    def member_leaves(self, case: UUID, member: UUID, *, version: int = 1) -> None:
        """Out of the household; who may read of it stays as it was."""
        with self.acts(self.world.dossiers[case].lead) as (actor, uow):
            day = uow.today()
            memberships.end_membership(case, member, day, version=version, actor=actor, uow=uow)

    def invite(
        self,
        case: UUID,
        guest: UUID,
        role: str,
        *,
        ends_at: datetime | None = None,
        reason: str = "Needed",
    ) -> UUID:
        cmd = team.Invite(
            case_id=case,
            professional_id=guest,
            role=TeamRole(role),
            reason=reason,
            ends_at=ends_at,
        )
        with self.acts(self.world.dossiers[case].lead) as (actor, uow):
            key = team.invite(cmd, actor=actor, uow=uow).id
        self.world.dossiers[case].places[key] = Place(guest, role, ends_at=ends_at)
        return key

    def answer(self, case: UUID, place: UUID, *, accept: bool = True) -> None:
        known = self.world.dossiers[case].places[place]
        with self.acts(known.who) as (actor, uow):
            team.answer_invitation(place, accept=accept, actor=actor, uow=uow)
        known.accepted_at, known.over = (self.now, known.over) if accept else (None, True)

    def join(self, case: UUID, guest: UUID, role: str, **facts: Any) -> UUID:
        place = self.invite(case, guest, role, **facts)
        self.answer(case, place)
        return place

    def leave(self, case: UUID, place: UUID, *, by: UUID) -> None:
        known = self.world.dossiers[case].places[place]
        version = 2 if known.accepted_at else 1
        with self.acts(by) as (actor, uow):
            team.end_participation(case, place, version=version, actor=actor, uow=uow)
        known.over = True

    def consent(
        self, case: UUID, *says: Says, until: datetime, purpose: str = "Home", witness: str = "W"
    ) -> UUID:
        cmd = consent.RecordConsent(
            case_id=case,
            purpose=purpose,
            evidence="oral",
            witness=witness,
            language="fr",
            valid_until=until,
            provisions=tuple(map(_provision, says)),
        )
        with self.acts(self.world.dossiers[case].lead) as (actor, uow):
            key = consent.record_consent(cmd, actor=actor, uow=uow).id
        self.world.dossiers[case].consents[key] = Given(self.now, until, says)
        return key

    def withdraw(self, case: UUID, given: UUID) -> None:
        with self.acts(self.world.dossiers[case].lead) as (actor, uow):
            consent.withdraw_consent(case, given, version=1, actor=actor, uow=uow)
        self.world.dossiers[case].consents[given].taken_back = True

    def renew(self, case: UUID, given: UUID, *, until: datetime) -> UUID:
        known = self.world.dossiers[case].consents[given]
        said = consent.Evidence(evidence="oral", witness="W", language="fr", valid_until=until)
        with self.acts(self.world.dossiers[case].lead) as (actor, uow):
            key = consent.renew_consent(case, given, said, version=1, actor=actor, uow=uow).id
        known.until = self.now
        self.world.dossiers[case].consents[key] = Given(self.now, until, known.says)
        return key

    def exclude(self, case: UUID, whom: UUID) -> UUID:
        """A person or an organisation; their places and open proposals end with it."""
        dossier, people = self.world.dossiers[case], self.world.people
        named = {"professional_id" if whom in people else "organisation_id": whom}
        with self.acts(dossier.lead) as (actor, uow):
            cmd = Exclude(case_id=case, reason="R", **named)
            key = exclude(cmd, actor=actor, uow=uow).id
        dossier.refused[key] = whom
        for place in dossier.places.values():
            place.over = place.over or dossier.refuses(people[place.who])
        for handover, (about, to, _) in list(self.handovers.items()):
            if about == case and dossier.refuses(people[to]):
                del self.handovers[handover]
        return key

    def lift(self, case: UUID, exclusion: UUID) -> None:
        with self.acts(self.world.dossiers[case].lead) as (actor, uow):
            lift_exclusion(case, exclusion, version=1, actor=actor, uow=uow)
        del self.world.dossiers[case].refused[exclusion]

    def procedure(self, case: UUID, canton: str, roll_number: str | None = None) -> UUID:
        cmd = evictions.OpenProcedure(case_id=case, canton=canton, roll_number=roll_number)
        with self.acts(self.world.dossiers[case].lead) as (actor, uow):
            key = evictions.open_procedure(cmd, actor=actor, uow=uow).id
        self.world.dossiers[case].cantons.add(canton)
        return key

    def oppose(self, case: UUID, procedure: UUID) -> UUID:
        """The tenant does not want the public welfare centre told of it."""
        with self.acts(self.world.dossiers[case].lead) as (actor, uow):
            cmd = oppositions.Oppose(
                procedure_id=procedure, opposed_on=uow.today(), how=Manner.ORALLY
            )
            key = oppositions.oppose(cmd, actor=actor, uow=uow).id
        self.world.dossiers[case].opposed[key] = procedure
        return key

    def unoppose(self, case: UUID, opposition: UUID) -> None:
        with self.acts(self.world.dossiers[case].lead) as (actor, uow):
            oppositions.withdraw_opposition(opposition, version=1, actor=actor, uow=uow)
        del self.world.dossiers[case].opposed[opposition]

    def propose(self, case: UUID, to: UUID, *, stays: bool, reason: str = "Leave") -> UUID:
        cmd = handovers.ProposeHandover(case_id=case, to_id=to, reason=reason, former_stays=stays)
        with self.acts(self.world.dossiers[case].lead) as (actor, uow):
            key = handovers.propose_handover(cmd, actor=actor, uow=uow).id
        # One at a time: an older one that nobody answered is over with it.
        self.handovers = {k: each for k, each in self.handovers.items() if each[0] != case}
        self.handovers[key] = (case, to, stays)
        return key

    def take_over(self, handover: UUID, *, accept: bool) -> None:
        case, to, stays = self.handovers[handover]
        with self.acts(to) as (actor, uow):
            if accept:
                handovers.tick_checklist(handover, list(ChecklistItem), actor=actor, uow=uow)
            handovers.answer_handover(handover, accept=accept, actor=actor, uow=uow)
        del self.handovers[handover]
        if accept:
            self._led_by(case, to, stays=stays)

    def _led_by(self, case: UUID, to: UUID, *, stays: bool) -> None:
        dossier = self.world.dossiers[case]
        for place in dossier.places.values():
            place.over = place.over or place.who == to
        former, dossier.lead, dossier.lead_since = dossier.lead, to, self.now
        if stays:
            # Its id is of no use to a later step; any key that is not one of theirs will do.
            key = UUID(int=len(dossier.places))
            dossier.places[key] = Place(former, "generalist", accepted_at=self.now)

    def break_glass(self, case: UUID, who: UUID) -> UUID:
        reason = "Somebody is in danger at this hour."
        cmd = break_glass.BreakGlass(
            case_code=self.codes[case], danger=Danger.VIOLENCE, reason=reason
        )
        with self.acts(who) as (actor, uow):
            made = break_glass.break_glass(cmd, actor=actor, uow=uow)
        self.world.dossiers[case].emergencies[made.id] = Period(who, made.opened_at, made.closes_at)
        return made.id

    def review(self, opening: UUID, *, by: UUID) -> None:
        """The verdict changes nothing of the hour itself; without it there is no second one."""
        cmd = break_glass.ReviewBreakGlass(
            opening_id=opening, verdict=Verdict.JUSTIFIED, comment="Seen"
        )
        with self.acts(by) as (actor, uow):
            break_glass.review_break_glass(cmd, version=1, actor=actor, uow=uow)

    def be_away(self, who: UUID, substitute: UUID, *, first_day: date, last_day: date) -> UUID:
        cmd = substitutes.NameSubstitute(
            substitute_id=substitute, first_day=first_day, last_day=last_day
        )
        with self.acts(who) as (actor, uow):
            made = substitutes.name_substitute(cmd, actor=actor, uow=uow)
        self.world.absences[made.id] = Period(
            substitute, made.valid_from, made.valid_until, instead_of=who
        )
        return made.id

    def come_back(self, absence: UUID) -> None:
        known = self.world.absences[absence]
        with self.acts(known.instead_of) as (actor, uow):
            substitutes.end_substitution(absence, actor=actor, uow=uow)
        known.until = min(known.until, self.now)

    def close_account(self, who: UUID, *, by: UUID) -> None:
        """Refused, and returned instead of raised, while they answer for a case."""
        with self.acts(by) as (actor, uow):
            outcome = leaving.close_account(who, actor=actor, uow=uow)
        if isinstance(outcome, DomainError):
            raise outcome
        self.has_left(who)

    def has_left(self, who: UUID) -> None:
        """By whatever way: places and substitutions end with the account."""
        self.world.people[who].active = False
        for dossier in self.world.dossiers.values():
            for place in dossier.places.values():
                place.over = place.over or place.who == who
        for absence in self.world.absences.values():
            if who in (absence.who, absence.instead_of):
                absence.until = min(absence.until, self.now)

    def publish(self, who: UUID) -> None:
        with self.acts(who) as (actor, uow):
            cmd = network.PublishProtocol(title="Next", body="Again.")
            self.protocol = network.publish_protocol(cmd, actor=actor, uow=uow).id
        self.world.signed_at.clear()

    def sign(self, who: UUID) -> None:
        with self.acts(who) as (actor, uow):
            network.sign_protocol(self.protocol, actor=actor, uow=uow)
        self.world.signed_at.setdefault(self.world.people[who].organisation, self.now)


def _provision(says: Says) -> NewProvision:
    by_role = says.kind == "role"
    return NewProvision(
        effect="permit" if says.allows else "deny",
        recipient_kind=says.kind,
        recipient_id=None if by_role else says.recipient,
        recipient_role=says.recipient if by_role else None,
        categories=Category(says.categories),
    )
