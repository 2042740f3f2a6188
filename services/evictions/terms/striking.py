"""What becomes of the terms of a judgment that was recorded by mistake, and of one taken back."""

from uuid import UUID

from sqlalchemy import select

from services.evictions.terms.alerts import missed
from services.evictions.terms.model import (
    OPEN_STATES,
    Instalment,
    InstalmentState,
    Term,
    TermState,
)
from services.shared import alerts
from services.shared.actor import Actor
from services.shared.alerts import NewAlert
from services.shared.unit_of_work import UnitOfWork


def strike_terms(act_id: UUID, reason: str, *, actor: Actor, uow: UnitOfWork) -> None:
    """Cancel what is open of a judgment that never was; what was paid stays written down."""
    open_ones = Term.state.in_([state.value for state in OPEN_STATES])
    found = select(Term).where(Term.act_id == act_id, open_ones).order_by(Term.id)
    for term in uow.session.scalars(found.with_for_update()).all():
        before = {"state": term.state, "version": term.version}
        term.strike(reason, uow.now())
        parts = _parts(term, uow=uow)
        for part in parts:
            if part.state == InstalmentState.DUE:
                part.state = InstalmentState.CANCELLED
        uow.session.flush()
        alerts.cancel_all([term.id, *(part.id for part in parts)], uow=uow)
        after = {"state": term.state, "version": term.version}
        uow.record("strike_term", term, actor=actor, before=before, after=after)


def bring_terms_back(act_id: UUID, *, actor: Actor, uow: UnitOfWork) -> None:
    """Let the terms that were struck with the judgment run again.

    What was missed before is told again; what fell due since, the sweep finds as missed.
    """
    struck = select(Term).where(Term.act_id == act_id, Term.struck_from.is_not(None))
    for term in uow.session.scalars(struck.order_by(Term.id).with_for_update()).all():
        before = {"state": term.state, "version": term.version}
        term.stand_again()
        parts = _parts(term, uow=uow)
        for part in parts:
            if part.state == InstalmentState.CANCELLED:
                part.state = InstalmentState.DUE
        uow.session.flush()
        if term.state == TermState.MISSED:
            alerts.plan(_missed(term, parts, uow=uow), uow=uow)
        after = {"state": term.state, "version": term.version}
        uow.record("bring_term_back", term, actor=actor, before=before, after=after)


def _parts(term: Term, *, uow: UnitOfWork) -> list[Instalment]:
    return list(uow.session.scalars(select(Instalment).where(Instalment.term_id == term.id)))


def _missed(term: Term, parts: list[Instalment], *, uow: UnitOfWork) -> list[NewAlert]:
    days = {part.id: part.due_on for part in parts if part.state == InstalmentState.MISSED}
    if term.due_on is not None:
        days = {term.id: term.due_on}
    return [
        missed(
            term.case_id,
            key,
            day,
            is_instalment=key != term.id,
            version=term.version,
            now=uow.now(),
        )
        for key, day in days.items()
    ]
