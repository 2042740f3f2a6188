"""What an adult of the household decides by themselves: the same commands and triggers as when a
professional writes it down, in the member's own name, in force at commit.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.cases.worker_requests import RequestWorker, request_in_person
from services.consent import commands, exclusions
from services.consent.commands import GiveConsent
from services.consent.exclusions import Exclude
from services.consent.model import Consent, Exclusion
from services.portal.events import ChoiceMade
from services.shared.actor import HouseholdMember
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Receipt:
    """What was done, under which number, and when: for the person to keep."""

    id: UUID
    what: str
    at: datetime


def give_consent(cmd: GiveConsent, *, actor: HouseholdMember, uow: UnitOfWork) -> Receipt:
    consent = commands.give_consent(cmd, actor=actor, uow=uow)
    return _told("consent_given", consent, actor=actor, uow=uow)


def withdraw_consent(
    consent_id: UUID, *, version: int, actor: HouseholdMember, uow: UnitOfWork
) -> Receipt:
    consent = commands.take_back_consent(consent_id, version=version, actor=actor, uow=uow)
    return _told("consent_withdrawn", consent, actor=actor, uow=uow)


def refuse(
    *,
    reason: str,
    professional_id: UUID | None = None,
    organisation_id: UUID | None = None,
    actor: HouseholdMember,
    uow: UnitOfWork,
) -> Receipt:
    """A person, or everybody of an organisation."""
    cmd = Exclude(
        case_id=actor.case_id,
        professional_id=professional_id,
        organisation_id=organisation_id,
        reason=reason,
    )
    exclusion = exclusions.refuse_in_person(cmd, actor=actor, uow=uow)
    return _told("excluded", exclusion, actor=actor, uow=uow)


def ask_for_another_worker(
    *, reason: str, wanted_id: UUID | None = None, actor: HouseholdMember, uow: UnitOfWork
) -> Receipt:
    cmd = RequestWorker(case_id=actor.case_id, reason=reason, wanted_id=wanted_id)
    request = request_in_person(cmd, actor=actor, uow=uow)
    return Receipt(request.id, "another_worker_asked", uow.now())


def _told(
    what: str, chosen: Consent | Exclusion, *, actor: HouseholdMember, uow: UnitOfWork
) -> Receipt:
    """The reference worker hears that something was chosen; what it was stands in the file."""
    receipt = Receipt(chosen.id, what, uow.now())
    after = {"what": what, "at": receipt.at, "version": chosen.version}
    uow.audit("give_receipt", chosen, actor=actor, case_id=actor.case_id, after=after)
    uow.record(
        ChoiceMade(case_id=actor.case_id, choice_id=chosen.id, version=chosen.version), actor=actor
    )
    return receipt
