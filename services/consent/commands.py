"""Record what the household agreed to, and withdraw it at once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.consent import policy
from services.consent.events import ConsentGiven, ConsentWithdrawn
from services.consent.model import Consent, Provision
from services.consent.queries import access_to
from services.network.model import Organisation, Professional
from services.shared.actor import Actor
from services.shared.categories import Category, names_of
from services.shared.errors import RuleBroken
from services.shared.loading import load, load_of, require_version
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class NewProvision:
    effect: str
    recipient_kind: str
    recipient_id: UUID | None = None
    recipient_role: str | None = None
    categories: Category


@dataclass(frozen=True, kw_only=True)
class RecordConsent:
    case_id: UUID
    purpose: str
    evidence: str
    witness: str | None = None
    language: str
    valid_until: datetime
    provisions: tuple[NewProvision, ...]


def record_consent(cmd: RecordConsent, *, actor: Actor, uow: UnitOfWork) -> Consent:
    """In force from this instant; what it opens is open when the transaction commits."""
    policy.require_reference_worker(access_to(cmd.case_id, uow=uow))
    if cmd.valid_until <= uow.now():
        raise RuleBroken("consent-already-over")
    if cmd.evidence == "oral" and not cmd.witness:
        raise RuleBroken("oral-consent-without-witness")
    consent = Consent(
        case_id=cmd.case_id,
        purpose=cmd.purpose,
        evidence=cmd.evidence,
        witness=cmd.witness,
        language=cmd.language,
        collected_by=actor.id,
        given_at=uow.now(),
        valid_from=uow.now(),
        valid_until=cmd.valid_until,
        provisions=[_provision(p, cmd.case_id, uow=uow) for p in cmd.provisions],
    )
    uow.session.add(consent)
    uow.session.flush()
    _audit_new(consent, actor=actor, uow=uow)
    uow.record(ConsentGiven(case_id=cmd.case_id, consent_id=consent.id), actor=actor)
    return consent


def _audit_new(consent: Consent, *, actor: Actor, uow: UnitOfWork) -> None:
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
        "version": consent.version,
    }
    uow.audit("record_consent", consent, actor=actor, case_id=consent.case_id, after=after)


def _provision(new: NewProvision, case_id: UUID, *, uow: UnitOfWork) -> Provision:
    if new.recipient_kind == "person" and new.recipient_id:
        load(Professional, new.recipient_id, uow=uow)
    if new.recipient_kind == "organisation" and new.recipient_id:
        load(Organisation, new.recipient_id, uow=uow)
    return Provision(
        case_id=case_id,
        effect=new.effect,
        recipient_kind=new.recipient_kind,
        recipient_id=new.recipient_id,
        recipient_role=new.recipient_role,
        category_mask=int(new.categories),
    )


def withdraw_consent(
    case_id: UUID, consent_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> Consent:
    """At commit nobody reads anything more by it, on any path."""
    policy.require_reference_worker(access_to(case_id, uow=uow))
    consent = load_of(Consent, consent_id, case_id, uow=uow, lock=True)
    require_version(consent, version)
    consent.withdraw(uow.now())
    uow.session.flush()
    uow.audit(
        "withdraw_consent",
        consent,
        actor=actor,
        case_id=consent.case_id,
        before={"valid_until": consent.valid_until, "version": version},
        after={"withdrawn_at": consent.withdrawn_at, "version": consent.version},
    )
    uow.record(ConsentWithdrawn(case_id=consent.case_id, consent_id=consent.id), actor=actor)
    return consent
