"""Record what the household agreed to, renew it, and withdraw it at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.consent import policy, reminders
from services.consent.events import ConsentRenewed, ConsentWithdrawn
from services.consent.exclusions import require_not_excluded, require_organisation_not_excluded
from services.consent.hold import hold
from services.consent.model import Consent, Effect, LegalGround, Provision
from services.consent.queries import access_to
from services.households.model import Member
from services.households.queries import require_adult_of
from services.network.model import Organisation, Professional
from services.shared.actor import Acting, Actor, HouseholdMember
from services.shared.categories import SENSITIVE, Category, names_of
from services.shared.errors import Refused, RuleBroken
from services.shared.loading import load, load_of, lock, require_version
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class NewProvision:
    effect: str
    recipient_kind: str
    recipient_id: UUID | None = None
    recipient_role: str | None = None
    categories: Category


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """How the household said it: before a witness, or in a document that can be found again."""

    evidence: str
    witness: str | None = None
    document: str | None = None
    language: str
    valid_until: datetime

    def require_complete(self, now: datetime) -> None:
        if self.valid_until <= now:
            raise RuleBroken("consent-already-over")
        if self.evidence == "oral" and not self.witness:
            raise RuleBroken("oral-consent-without-witness")
        if self.evidence == "written" and not self.document:
            raise RuleBroken("written-consent-without-document")


@dataclass(frozen=True, kw_only=True)
class RecordConsent(Evidence):
    """`member_id`: the adult who agrees for themselves alone; None for the household."""

    case_id: UUID
    member_id: UUID | None = None
    purpose: str
    lifts_secrecy: bool = False
    legal_ground: LegalGround = LegalGround.CONSENT
    provisions: tuple[NewProvision, ...]
    # In the household's own view it is for this adult alone.
    confidential_to: UUID | None = None


def record_consent(cmd: RecordConsent, *, actor: Actor, uow: UnitOfWork) -> Consent:
    """The consent holds from this instant; what it opens is open when the transaction commits."""
    policy.require_reference_worker(access_to(cmd.case_id, uow=uow))
    cmd.require_complete(uow.now())
    if cmd.member_id is not None:
        _require_present_adult(cmd.member_id, cmd.case_id, uow=uow)
    provisions = [_provision(each, cmd.case_id, uow=uow) for each in cmd.provisions]
    require_adult_of(cmd.confidential_to, cmd.case_id, uow=uow)
    said = vars(cmd) | {"provisions": provisions, "collected_by": actor.id}
    consent = _give(said, uow=uow)
    _audit_new("record_consent", consent, actor=actor, uow=uow)
    return consent


def _require_present_adult(member_id: UUID, case_id: UUID, *, uow: UnitOfWork) -> None:
    """The member must be a present adult, and is locked: a leaving at this instant waits."""
    member = load_of(Member, member_id, case_id, uow=uow, lock=True)
    if member.role != "adult" or member.left_on is not None:
        raise RuleBroken("not-an-adult-of-the-household")


def _audit_new(action: str, consent: Consent, *, actor: Acting, uow: UnitOfWork) -> None:
    """Who may read what from when to when: ids, roles and categories, not the purpose's words."""
    provisions = [
        {
            "effect": each.effect,
            "recipient": str(each.recipient_id or each.recipient_role),
            "categories": names_of(each.category_mask),
        }
        for each in consent.provisions
    ]
    after = {
        "evidence": consent.evidence,
        "valid_from": consent.valid_from,
        "valid_until": consent.valid_until,
        "provisions": provisions,
        "renewed_from": consent.renewed_from_id,
        "member": consent.member_id,
        "version": consent.version,
    }
    uow.record(action, consent, actor=actor, after=after)


def renew_consent(
    case_id: UUID,
    consent_id: UUID,
    cmd: Evidence,
    *,
    version: int,
    actor: Actor,
    uow: UnitOfWork,
) -> Consent:
    """The household agrees to the same again: the old one ends as the new one begins."""
    of, may = {"case_id": case_id}, policy.require_reference_worker
    old = hold(Consent, consent_id, may, of=of, version=version, uow=uow)
    cmd.require_complete(uow.now())
    old.renew(uow.now())
    uow.session.flush()
    reminders.cancel(old, uow=uow)
    again = {
        "case_id": case_id,
        "member_id": old.member_id,
        "purpose": old.purpose,
        "lifts_secrecy": old.lifts_secrecy,
        "legal_ground": old.legal_ground,
        "renewed_from_id": old.id,
        "confidential_to": old.confidential_to,
        "collected_by": actor.id,
        "provisions": [_provision(_same(p), case_id, uow=uow) for p in old.provisions],
    }
    consent = _give(vars(cmd) | again, uow=uow)
    _audit_new("renew_consent", consent, actor=actor, uow=uow)
    uow.announce(
        ConsentRenewed(case_id=case_id, consent_id=consent.id, renewed_from_id=old.id), actor=actor
    )
    return consent


def _give(said: dict[str, Any], *, uow: UnitOfWork) -> Consent:
    now = uow.now()
    consent = Consent(**said, given_at=now, valid_from=now)
    uow.session.add(consent)
    uow.session.flush()
    reminders.plan(consent, uow=uow)
    return consent


def _same(provision: Provision) -> NewProvision:
    return NewProvision(
        effect=provision.effect,
        recipient_kind=provision.recipient_kind,
        recipient_id=provision.recipient_id,
        recipient_role=provision.recipient_role,
        categories=Category(provision.category_mask),
    )


def _provision(new: NewProvision, case_id: UUID, *, uow: UnitOfWork) -> Provision:
    if new.recipient_kind == "person" and new.recipient_id:
        load(Professional, new.recipient_id, uow=uow)
    if new.recipient_kind == "organisation" and new.recipient_id:
        load(Organisation, new.recipient_id, uow=uow)
    if new.effect == Effect.PERMIT and new.recipient_id:
        _require_not_excluded(new.recipient_kind, new.recipient_id, case_id, uow=uow)
    return Provision(
        case_id=case_id,
        effect=new.effect,
        recipient_kind=new.recipient_kind,
        recipient_id=new.recipient_id,
        recipient_role=new.recipient_role,
        category_mask=int(new.categories),
    )


def _require_not_excluded(
    recipient_kind: str, recipient_id: UUID, case_id: UUID, *, uow: UnitOfWork
) -> None:
    """A permission that could open nothing would tell the household something wrong."""
    if recipient_kind == "person":
        require_not_excluded(recipient_id, case_id, uow=uow)
    else:
        require_organisation_not_excluded(recipient_id, case_id, uow=uow)


def withdraw_consent(
    case_id: UUID, consent_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Consent:
    """At commit nobody reads anything more by it, on any path."""
    of = {"case_id": case_id}
    consent = hold(Consent, consent_id, policy.require_lead, of=of, version=version, uow=uow)
    return _withdraw(consent, actor=actor, uow=uow)


def end_consents_of_member(member: Member, *, actor: Actor, uow: UnitOfWork) -> None:
    """Whoever leaves no longer speaks here: what they alone agreed to is taken back."""
    own = (
        select(Consent)
        .where(Consent.member_id == member.id, Consent.withdrawn_at.is_(None))
        .where(Consent.renewed_at.is_(None), Consent.valid_until > uow.now())
        .order_by(Consent.id)
        .with_for_update()
    )
    for consent in uow.session.scalars(own).all():
        _withdraw(consent, actor=actor, uow=uow)


def _withdraw(consent: Consent, *, actor: Acting, uow: UnitOfWork) -> Consent:
    before = {"valid_until": consent.valid_until, "version": consent.version}
    consent.withdraw(uow.now())
    uow.session.flush()
    reminders.cancel(consent, uow=uow)
    uow.record(
        "withdraw_consent",
        consent,
        actor=actor,
        before=before,
        after={"withdrawn_at": consent.withdrawn_at, "version": consent.version},
        event=ConsentWithdrawn(case_id=consent.case_id, consent_id=consent.id),
    )
    return consent


@dataclass(frozen=True, kw_only=True)
class GiveConsent:
    """An adult of the household says yes or no themselves; the entry is the evidence."""

    purpose: str
    valid_until: datetime
    provisions: tuple[NewProvision, ...]
    for_me_alone: bool = False


def give_consent(cmd: GiveConsent, *, actor: HouseholdMember, uow: UnitOfWork) -> Consent:
    """The consent holds from this instant. A sensitive one is shown to no other adult."""
    if cmd.valid_until <= uow.now():
        raise RuleBroken("consent-already-over")
    sensitive = any(each.categories & SENSITIVE for each in cmd.provisions)
    said = {
        "case_id": actor.case_id,
        "purpose": cmd.purpose,
        "evidence": "portal",
        "language": actor.language,
        "legal_ground": LegalGround.CONSENT,
        "valid_until": cmd.valid_until,
        "member_id": actor.id,
        "confidential_to": actor.id if sensitive or cmd.for_me_alone else None,
        "provisions": [_provision(each, actor.case_id, uow=uow) for each in cmd.provisions],
    }
    consent = _give(said, uow=uow)
    _audit_new("give_consent", consent, actor=actor, uow=uow)
    return consent


def take_back_consent(
    consent_id: UUID, *, version: int, actor: HouseholdMember, uow: UnitOfWork
) -> Consent:
    """A member withdraws their own consent or the household's, never another adult's."""
    consent = load_of(Consent, consent_id, actor.case_id, uow=uow)
    if consent.member_id not in (None, actor.id):
        raise Refused("consent-of-another-adult")
    lock(consent, uow=uow)
    require_version(consent, version)
    return _withdraw(consent, actor=actor, uow=uow)
