"""The workers' part in a changed law: compare every running deadline, then write what moved.

Each turn takes a batch of procedures in a transaction of its own: whoever is interrupted goes on
after the last batch that was committed. Closed cases are neither compared nor written. Only what
the change can reach is computed (`read`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import delete, select, text

from services.evictions.counting.arithmetic import DeadlineError
from services.evictions.dates.computing import Computed, Key, computed, with_own_calendar
from services.evictions.dates.facts import Running, dated, read_all
from services.evictions.dates.write import Moved
from services.evictions.law.acts import Circumstances, DatedAct, around
from services.evictions.law.in_force import Law, law_in_force, law_with
from services.evictions.law.model import Recomputation, RecomputedDeadline, RuleChange, RunState
from services.evictions.law.rulebook import Rule, RuleSet, apply
from services.evictions.law_changes.day_moving import follow_day
from services.evictions.law_changes.read import places, reached_by, watching
from services.evictions.law_changes.write import note, write
from services.shared import alerts
from services.shared.alerts import NewAlert, RecipientRole
from services.shared.errors import RuleBroken
from services.shared.unit_of_work import UnitOfWork

BATCH = 1000
DIGEST = "evictions.deadlines_recomputed"


def advance_recomputation(*, uow: UnitOfWork) -> int:
    """Take one batch of the oldest recomputation that is under way. For the timetable."""
    open_states = (RunState.PREVIEWING, RunState.APPLYING)
    run = uow.session.scalar(
        select(Recomputation)
        .where(Recomputation.state.in_(open_states))
        .order_by(Recomputation.asked_at, Recomputation.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if run is None:
        return 0
    if run.after is None:
        of_run = delete(RecomputedDeadline).where(RecomputedDeadline.recomputation_id == run.id)
        uow.session.execute(of_run)
    found = places(run.after, BATCH, uow=uow)
    _advance(run, found, uow=uow)
    run.procedures_done += len(found)
    if len(found) == BATCH:
        run.after = found[-1].id
    else:
        _finish(run, uow=uow)
    return len(found)


def _advance(run: Recomputation, found: Sequence[Running], *, uow: UnitOfWork) -> None:
    change = uow.session.get_one(RuleChange, run.change_id)
    if run.state == RunState.APPLYING:
        law = law_in_force(uow=uow)
    else:
        law = law_with(change, retired=run.retires, uow=uow)
    moved: Callable[[Running], Moved]
    if change.day is not None:
        reached = _with_chains(reached_by(change.day, found, uow=uow), law, uow=uow)
        moved = _OneDay(law, change).moved
    else:
        mine = (each for each in found if each.rule_set == change.rule_set)
        reached = read_all(mine, uow=uow)
        moved = _Everything(law).moved
    batch = []
    for each in reached:
        try:
            batch.append(moved(each))
        except (RuleBroken, DeadlineError):
            # A date beyond the calendar: this procedure keeps the dates it has, and is counted.
            run.skipped += 1
    if run.state == RunState.APPLYING:
        write(batch, law.calendar, uow=uow)
    note(run, batch, uow=uow)


def _with_chains(reached: Sequence[Running], law: Law, *, uow: UnitOfWork) -> list[Running]:
    """The procedures, those in which one date waits for another (`law/waiting.py`) read whole."""
    names = law.chained()
    chained = {
        each.id: Running(each.id, each.case_id, each.rule_set, whole=True)
        for each in reached
        if any(row.computes in names for row in each.rows)
    }
    if chained:
        read_all(chained.values(), uow=uow)
    return [chained.get(each.id, each) for each in reached]


class _Everything:
    """The comparison after a rule set changed: each act under it may yield other dates."""

    def __init__(self, law: Law) -> None:
        self._law = law

    def moved(self, running: Running) -> Moved:
        return Moved.of(running, computed(running.acts, running.rule_set, self._law))


class _OneDay:
    """The comparison after a day changed: only a computation that asked about it can differ.

    The same act under the same rule is computed once for all procedures of the batch.
    """

    def __init__(self, law: Law, change: RuleChange) -> None:
        assert change.day is not None
        self._law, self._calendar = law, watching(law.calendar, change.day)
        self._everything = _Everything(law)
        self._answers: dict[tuple[object, ...], Computed | None] = {}
        self._rules: dict[int, Mapping[str, Rule]] = {}

    def moved(self, running: Running) -> Moved:
        if running.whole:
            return self._everything.moved(running)
        acts = {act.id: dated(act) for act in running.acts}
        wanted: dict[Key, Computed] = {}
        rows = []
        for row in running.rows:
            act = acts[row.act_id]
            new = self._answer(running.rule_set, row.rule_id, act, around(act, acts.values()))
            if new is not None:
                wanted[row.act_id, row.rule_id] = new
                rows.append(row)
        return Moved.of(replace(running, rows=rows), wanted)

    def _answer(
        self, code: str, rule_id: str, act: DatedAct, known: Circumstances
    ) -> Computed | None:
        """The date of a rule; None if it did not ask about the day, or the rule is gone."""
        question = (code, rule_id, act, known)
        if question not in self._answers:
            self._answers[question] = self._computed(code, rule_id, act, known)
        return self._answers[question]

    def _computed(
        self, code: str, rule_id: str, act: DatedAct, known: Circumstances
    ) -> Computed | None:
        rule_set = self._law.on(code, act.acted_on)
        rule = self._rules_of(rule_set).get(rule_id)
        if rule is None or not rule.holds_for(act, known):
            return None
        self._calendar.was_asked()
        deadline = apply(rule, act, self._calendar, known)
        if not self._calendar.was_asked():
            return None
        marked = with_own_calendar(rule, deadline, act, self._law, known)
        return Computed(rule_set, marked, deadline)

    def _rules_of(self, rule_set: RuleSet) -> Mapping[str, Rule]:
        if id(rule_set) not in self._rules:
            self._rules[id(rule_set)] = {rule.id: rule for rule in rule_set.rules}
        return self._rules[id(rule_set)]


_CONCERNED = text(
    """
    SELECT DISTINCT r.professional_id FROM recomputed_deadlines d
    JOIN reference_assignments r ON r.case_id = d.case_id AND r.period @> :now
    WHERE d.recomputation_id = :run
    """
)


def _finish(run: Recomputation, *, uow: UnitOfWork) -> None:
    """End a recomputation, compared or written; each reference worker concerned is told once."""
    if run.state == RunState.PREVIEWING:
        run.state = RunState.PREVIEWED
        return
    run.state = RunState.APPLIED
    change = uow.session.get_one(RuleChange, run.change_id)
    if change.day is not None:
        follow_day(change.day, law_in_force(uow=uow).calendar, uow=uow)
    values = {"run": run.id, "now": uow.now()}
    digests = [
        NewAlert(
            kind=DIGEST,
            object_id=run.id,
            due_at=uow.now(),
            recipient_role=RecipientRole.PERSON,
            recipient_id=professional,
        )
        for professional in uow.session.scalars(_CONCERNED, values)
    ]
    alerts.plan(digests, uow=uow)
