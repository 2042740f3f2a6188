"""The reference worker records whether the household agrees to intervision (F46).

The answer can be withdrawn at any time, even of a closed case. Without a yes that stands nothing of
the case is proposed.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from services.consent import policy
from services.consent.hold import hold
from services.consent.queries import access_to
from services.intervisions.stances.model import Answer, IntervisionAgreement
from services.intervisions.stances.policy import require_agreed
from services.shared.actor import Actor
from services.shared.categories import Category
from services.shared.errors import Conflict, RuleBroken
from services.shared.loading import lock
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class RecordAgreement:
    """The household's answer. An oral one needs a witness, a written one a document."""

    case_id: UUID
    answer: Answer
    evidence: str
    witness: str | None = None
    document: str | None = None


def record_agreement(
    cmd: RecordAgreement, *, actor: Actor, uow: UnitOfWork
) -> IntervisionAgreement:
    """Record the answer, which replaces the other one; a no ends what was proposed."""
    policy.require_reference_worker(access_to(cmd.case_id, uow=uow))
    _require_complete(cmd)
    former = standing(cmd.case_id, uow=uow)
    if former is not None:
        lock(former, uow=uow)
        if former.answer == cmd.answer:
            raise Conflict("intervision-answer-stands")
        former.withdraw(uow.now())
        uow.session.flush()
    said = IntervisionAgreement(**vars(cmd), recorded_by=actor.id, recorded_at=uow.now())
    uow.session.add(said)
    uow.session.flush()
    before = {"answer": former.answer} if former is not None else None
    after = {"answer": said.answer, "evidence": said.evidence, "version": said.version}
    uow.record("record_intervision_answer", said, actor=actor, before=before, after=after)
    return said


def withdraw_agreement(
    case_id: UUID, agreement_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork
) -> IntervisionAgreement:
    """Withdraw an answer: at commit nobody sees what was proposed under it."""
    said = hold(
        IntervisionAgreement,
        agreement_id,
        policy.require_lead,
        of={"case_id": case_id},
        version=version,
        uow=uow,
    )
    said.withdraw(uow.now())
    uow.session.flush()
    before = {"withdrawn_at": None}
    after = {"withdrawn_at": said.withdrawn_at, "version": said.version}
    uow.record("withdraw_intervision_answer", said, actor=actor, before=before, after=after)
    return said


def agreements(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> list[IntervisionAgreement]:
    """The household's answers so far, the latest first, for the reference worker."""
    policy.require_lead(access_to(case_id, uow=uow))
    found = uow.session.scalars(
        select(IntervisionAgreement)
        .where(IntervisionAgreement.case_id == case_id)
        .order_by(IntervisionAgreement.recorded_at.desc(), IntervisionAgreement.id)
    ).all()
    uow.read(case_id, "intervision-agreements", Category.IDENTITY, actor=actor)
    return list(found)


def standing(case_id: UUID, *, uow: UnitOfWork) -> IntervisionAgreement | None:
    """The answer that was not withdrawn, if there is one."""
    return uow.session.scalars(
        select(IntervisionAgreement)
        .where(IntervisionAgreement.case_id == case_id)
        .where(IntervisionAgreement.withdrawn_at.is_(None))
    ).one_or_none()


def require_agreement(case_id: UUID, *, uow: UnitOfWork) -> None:
    """Refuse a case whose household has not said yes."""
    require_agreed(standing(case_id, uow=uow))


def _require_complete(cmd: RecordAgreement) -> None:
    if cmd.evidence == "oral" and not cmd.witness:
        raise RuleBroken("oral-consent-without-witness")
    if cmd.evidence == "written" and not cmd.document:
        raise RuleBroken("written-consent-without-document")
