"""Terms that were not kept: found by the timetable, and what follows from it.

The workers read days and states of terms and instalments, and neither amounts nor words.
"""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Select, exists, or_, select, text, update

from services.cases.model import Case, CaseState
from services.evictions.events import TermMissed
from services.evictions.terms.model import OPEN_STATES, Instalment, InstalmentState, Term, TermState
from services.evictions.terms.tasks import missed_task
from services.shared import alerts
from services.shared.unit_of_work import UnitOfWork

_NO_SYNC = {"synchronize_session": False}


def miss_overdue(*, uow: UnitOfWork) -> int:
    """Mark every instalment and date whose day is past as missed; returns how many.

    However long ago it was: a missed run heals itself. A closed case waits for its reopening.
    """
    today = uow.today()
    keys = list(uow.session.scalars(_overdue(today)))
    if not keys:
        return 0
    events = [*_missed_parts(keys, today, uow=uow), *_missed_days(keys, today, uow=uow)]
    values = {"state": TermState.MISSED.value, "was_missed": True, "version": Term.version + 1}
    uow.session.execute(
        update(Term).where(Term.id.in_(keys)).values(values), execution_options=_NO_SYNC
    )
    # That its day is coming is not to be answered any more: that it is over is.
    alerts.cancel_all([event.instalment_id or event.term_id for event in events], uow=uow)
    for event in events:
        uow.announce(event, actor=None)
    return len(events)


def _overdue(today: date) -> Select[UUID]:
    part = exists(Instalment.id).where(
        Instalment.term_id == Term.id,
        Instalment.state == InstalmentState.DUE.value,
        Instalment.due_on < today,
    )
    day = (Term.due_on < today) & (Term.state != TermState.MISSED.value)
    still_open = exists(Case.id).where(
        Case.id == Term.case_id, Case.state != CaseState.CLOSED.value
    )
    return (
        select(Term.id)
        .where(Term.state.in_([state.value for state in OPEN_STATES]))
        .where(or_(part, day), still_open)
        .with_for_update(skip_locked=True)
    )


def _missed_parts(keys: list[UUID], today: date, *, uow: UnitOfWork) -> list[TermMissed]:
    missed = (
        update(Instalment)
        .where(Instalment.term_id.in_(keys))
        .where(Instalment.state == InstalmentState.DUE.value, Instalment.due_on < today)
        .values(state=InstalmentState.MISSED.value, missed_at=uow.now())
        .returning(Instalment.case_id, Instalment.term_id, Instalment.id, Instalment.due_on)
    )
    rows = uow.session.execute(missed, execution_options=_NO_SYNC).all()
    return [
        TermMissed(case_id=case, term_id=term, instalment_id=key, due_on=day)
        for case, term, key, day in rows
    ]


def _missed_days(keys: list[UUID], today: date, *, uow: UnitOfWork) -> list[TermMissed]:
    found = select(Term.case_id, Term.id, Term.due_on).where(Term.id.in_(keys))
    return [
        TermMissed(case_id=case, term_id=term, due_on=day)
        for case, term, day in uow.session.execute(found)
        if day is not None
    ]


_WRITE = text("SELECT write_missed_task(:term, :template, :day)")


def write_missed_task(event: TermMissed, *, uow: UnitOfWork) -> None:
    """Write the task that follows from a missed term; what is over by now needs none.

    It is for whoever is the reference worker, in the name of the one who set the term.
    """
    template, within_days = missed_task(event.instalment_id is not None)
    day = uow.today() + timedelta(days=within_days)
    uow.session.execute(_WRITE, {"term": event.term_id, "template": template, "day": day})
