"""Terms of a judgment and agreed payment plans: set, paid, missed, resumed, over (F06, F43)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from services.cases.tasks.commands import add_task
from services.consent.hold import hold
from services.consent.policy import Access, require_category, require_team
from services.consent.queries import access_to
from services.documents.model import Document
from services.evictions.dates.days import follow
from services.evictions.dates.model import Act
from services.evictions.events import TermMissed
from services.evictions.law.acts import DECISIONS
from services.evictions.law.in_force import held_law
from services.evictions.terms.model import (
    Instalment,
    InstalmentState,
    Term,
    TermKind,
    TermState,
    category_of,
    require_content,
)
from services.evictions.terms.tasks import term_task
from services.shared import alerts
from services.shared.actor import Actor
from services.shared.categories import Category
from services.shared.errors import NotFound, RuleBroken
from services.shared.loading import load, load_of
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class NewInstalment:
    due_on: date
    amount_eur: Decimal


@dataclass(frozen=True, kw_only=True)
class SetTerm:
    """A term to set: `act_id` is the judgment it follows from.

    Without one the landlord agreed to it.
    """

    case_id: UUID
    kind: TermKind
    act_id: UUID | None = None
    due_on: date | None = None
    words: str | None = None
    document_id: UUID | None = None
    instalments: tuple[NewInstalment, ...] = ()


def set_term(cmd: SetTerm, *, actor: Actor, uow: UnitOfWork) -> Term:
    """Set a term and watch it: what is not kept by its day raises an alert and a task."""
    category = category_of(cmd.act_id)
    _require_writer(category, access_to(cmd.case_id, uow=uow))
    require_content(cmd.kind, cmd.due_on, cmd.words, len(cmd.instalments))
    _require_source(cmd, uow=uow)
    term = Term(
        **{name: value for name, value in vars(cmd).items() if name != "instalments"},
        category=int(category),
        state=TermState.RUNNING,
        was_missed=False,
        recorded_by=actor.id,
        recorded_at=uow.now(),
    )
    uow.session.add(term)
    uow.session.flush()
    _add(cmd.instalments, term, uow=uow)
    if term.due_on is not None and term.due_on > uow.today():
        add_task(term_task(term, term.due_on), actor=actor, uow=uow)
    _follow(term, uow=uow)
    after = {"state": term.state, "kind": term.kind, "act": term.act_id, "due_on": term.due_on}
    uow.record("set_term", term, actor=actor, after=after)
    return term


def _require_writer(category: Category, access: Access) -> None:
    require_team(access)
    require_category(access, category)


def _require_source(cmd: SetTerm, *, uow: UnitOfWork) -> None:
    if cmd.document_id is not None:
        load_of(Document, cmd.document_id, cmd.case_id, uow=uow)
    if cmd.act_id is None:
        if cmd.kind is not TermKind.PAYMENT_PLAN:
            raise RuleBroken("term-without-judgment")
        return
    act = load_of(Act, cmd.act_id, cmd.case_id, uow=uow)
    if act.kind not in DECISIONS or act.replaced_by is not None or act.lapsed_at is not None:
        raise RuleBroken("term-without-judgment")


def _add(parts: tuple[NewInstalment, ...], term: Term, *, uow: UnitOfWork) -> None:
    for part in parts:
        uow.session.add(
            Instalment(
                **vars(part),
                case_id=term.case_id,
                term_id=term.id,
                category=term.category,
                state=InstalmentState.DUE,
            )
        )
    uow.session.flush()


def pay_instalment(
    term_id: UUID,
    instalment_id: UUID,
    paid_on: date,
    *,
    version: int,
    actor: Actor,
    uow: UnitOfWork,
) -> Term:
    """Note that an instalment was paid; with the last one the term is over.

    The alert of an instalment that was missed ends with it.
    """
    term = _held(term_id, version, uow=uow)
    term.require_open()
    paid = _part(term, instalment_id, uow=uow)
    before = {"state": paid.state, "version": version}
    paid.pay(paid_on, uow.today())
    _touch(term)
    alerts.cancel(paid.id, uow=uow)
    uow.session.flush()
    left = {part.state for part in _parts(term, uow=uow)}
    if left <= {InstalmentState.PAID, InstalmentState.CANCELLED}:
        term.complete(uow.now())
        uow.session.flush()
    uow.record(
        "pay_instalment",
        paid,
        actor=actor,
        case_id=term.case_id,
        before=before,
        after={"state": paid.state, "paid_on": paid_on, "term": term.state},
    )
    return term


def miss_term(
    term_id: UUID, instalment_id: UUID | None, *, version: int, actor: Actor, uow: UnitOfWork
) -> Term:
    """Note that a term was missed, from its day on: somebody may know before the sweep does."""
    term = _held(term_id, version, uow=uow)
    before = {"state": term.state, "version": version}
    due_on = _miss_part(term, instalment_id, uow=uow)
    term.miss()
    _touch(term)
    uow.session.flush()
    _follow(term, uow=uow)
    _audit("miss_term", term, before, actor=actor, uow=uow)
    missed = TermMissed(
        case_id=term.case_id, term_id=term.id, instalment_id=instalment_id, due_on=due_on
    )
    uow.announce(missed, actor=actor)
    return term


def _miss_part(term: Term, instalment_id: UUID | None, *, uow: UnitOfWork) -> date:
    if term.kind == TermKind.PAYMENT_PLAN:
        if instalment_id is None:
            raise RuleBroken("term-needs-its-instalments")
        part = _part(term, instalment_id, uow=uow)
        part.miss(uow.today(), uow.now())
        return part.due_on
    if term.due_on is None or term.due_on > uow.today():
        raise RuleBroken("instalment-still-ahead")
    return term.due_on


def resume_term(
    term_id: UUID,
    due_on: date | None,
    instalments: tuple[NewInstalment, ...],
    *,
    version: int,
    actor: Actor,
    uow: UnitOfWork,
) -> Term:
    """Let a missed term run again: a plan with instalments to catch up, others with a new day."""
    term = _held(term_id, version, uow=uow)
    before = {"state": term.state, "due_on": term.due_on, "version": version}
    if instalments and term.kind != TermKind.PAYMENT_PLAN:
        raise RuleBroken("term-needs-its-instalments")
    term.resume(due_on)
    _add(instalments, term, uow=uow)
    uow.session.flush()
    _cancel_alerts(term, uow=uow)
    _follow(term, uow=uow)
    _audit("resume_term", term, before, actor=actor, uow=uow)
    return term


def complete_term(term_id: UUID, *, version: int, actor: Actor, uow: UnitOfWork) -> Term:
    """End a term of which nothing is ahead: they left, or what was missed was forgiven."""
    term = _held(term_id, version, uow=uow)
    before = {"state": term.state, "version": version}
    if any(part.state == InstalmentState.DUE for part in _parts(term, uow=uow)):
        raise RuleBroken("instalment-still-ahead")
    term.complete(uow.now())
    return _end("complete_term", term, before, actor=actor, uow=uow)


def cancel_term(term_id: UUID, reason: str, *, version: int, actor: Actor, uow: UnitOfWork) -> Term:
    """Cancel a term that binds nobody any more, with the reason; what was still due falls away."""
    term = _held(term_id, version, uow=uow)
    before = {"state": term.state, "version": version}
    term.cancel(reason, uow.now())
    for part in _parts(term, uow=uow):
        if part.state == InstalmentState.DUE:
            part.state = InstalmentState.CANCELLED
    return _end("cancel_term", term, before, actor=actor, uow=uow)


def _end(action: str, term: Term, before: dict[str, Any], *, actor: Actor, uow: UnitOfWork) -> Term:
    uow.session.flush()
    _cancel_alerts(term, uow=uow)
    _audit(action, term, before, actor=actor, uow=uow)
    return term


def _audit(
    action: str, term: Term, before: dict[str, Any], *, actor: Actor, uow: UnitOfWork
) -> None:
    after = {"state": term.state, "due_on": term.due_on, "version": term.version}
    uow.record(action, term, actor=actor, before=before, after=after)


def _held(term_id: UUID, version: int, *, uow: UnitOfWork) -> Term:
    """The term, held; what it is about never changes and says who may."""
    may = partial(_require_writer, Category(load(Term, term_id, uow=uow).category))
    return hold(Term, term_id, may, version=version, uow=uow)


def _touch(term: Term) -> None:
    """Raise the version of a term, because one of its instalments changes."""
    flag_modified(term, "state")


def _parts(term: Term, *, uow: UnitOfWork) -> list[Instalment]:
    return list(uow.session.scalars(select(Instalment).where(Instalment.term_id == term.id)))


def _part(term: Term, instalment_id: UUID, *, uow: UnitOfWork) -> Instalment:
    part = load_of(Instalment, instalment_id, term.case_id, uow=uow)
    if part.term_id != term.id:
        raise NotFound
    return part


def _cancel_alerts(term: Term, *, uow: UnitOfWork) -> None:
    alerts.cancel_all([term.id, *(part.id for part in _parts(term, uow=uow))], uow=uow)


def _follow(term: Term, *, uow: UnitOfWork) -> None:
    """Bring the alerts of its days up to date."""
    ids = [term.id, *(part.id for part in _parts(term, uow=uow))]
    follow(ids, term.case_id, held_law(uow=uow).calendar, uow=uow)
