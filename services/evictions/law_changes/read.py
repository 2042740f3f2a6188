"""The running deadlines that a change of the law can move: read in batches, with nothing else.

A batch is the next procedures by id, all of them counted; of these only what the change can reach
is read. The rows say no more than workers may read of them: ids, kinds, days, modes of delivery.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import text

from services.evictions.counting.calendar import Calendar
from services.evictions.dates.facts import DateRow, Running, named, read_acts
from services.shared.unit_of_work import UnitOfWork

_PLACES = text(
    """
    SELECT p.id, p.case_id, p.rule_set FROM procedures p
    WHERE p.id > coalesce(CAST(:after AS uuid), '00000000-0000-0000-0000-000000000000')
      AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.id = p.case_id AND c.state = 'closed')
    ORDER BY p.id LIMIT :size
    """
)
_PLACES_OF = text("SELECT id, case_id, rule_set FROM procedures WHERE case_id = :case ORDER BY id")
# A computation asks the calendar for days between its act and its answer, and for no other: one
# that did not reach the day has the same answer whatever the day is. Two kinds go further than
# their dates say, and the days are in the steps: a receipt that is presumed looks ahead from the
# day of posting, and a date counted back may have been carried over the moratorium, or from a day
# on which nobody is evicted.
_REACHED = text(
    """
    SELECT d.procedure_id, d.id, d.version, d.act_id, d.rule_id, d.computes, d.protective,
           d.falls_on, d.earlier_reading, d.overridden_date, d.article, d.certainty, d.ended_as
    FROM deadlines d
    JOIN acts a ON a.id = d.act_id AND a.replaced_by IS NULL AND a.lapsed_at IS NULL
    WHERE d.case_id = ANY(:cases) AND d.procedure_id = ANY(:procedures) AND (
      :day BETWEEN least(a.acted_on, a.received_on, d.falls_on, d.earlier_reading)
               AND greatest(a.acted_on, a.received_on, d.falls_on, d.earlier_reading)
      OR d.steps -> 0 ->> 'code' = 'presumed_received'
         AND :day BETWEEN a.acted_on AND CAST(d.steps -> 0 ->> 'date' AS date)
      OR d.steps -> -1 ->> 'code' IN ('moratorium', 'no_execution_day')
         AND d.steps @> '[{"code": "counted_back"}]')
    ORDER BY a.acted_on, a.id
    """
)


def places(after: UUID | None, size: int, *, uow: UnitOfWork) -> list[Running]:
    """The next procedures of cases that are not closed, by id; nothing of them is read yet."""
    found = uow.session.execute(_PLACES, {"after": after, "size": size})
    return [Running(*row) for row in found]


def places_of(case_id: UUID, *, uow: UnitOfWork) -> list[Running]:
    """The procedures of one case; nothing of them is read yet."""
    return [Running(*row) for row in uow.session.execute(_PLACES_OF, {"case": case_id})]


def reached_by(day: date, found: Iterable[Running], *, uow: UnitOfWork) -> list[Running]:
    """Deadlines of these procedures whose computation may depend on whether `day` is a working day.

    With every act of the procedure; procedures without such a deadline are left out.
    """
    running = {each.id: each for each in found}
    for procedure, *row in uow.session.execute(_REACHED, named(running.values()) | {"day": day}):
        running[procedure].rows.append(DateRow(*row))
    return read_acts([each for each in running.values() if each.rows], uow=uow)


@dataclass(frozen=True)
class Watched(Calendar):
    """A calendar that remembers whether it was asked about one day."""

    day: date = date.min
    asked: list[date] = field(default_factory=list, compare=False)

    def is_working_day(self, day: date) -> bool:
        if day == self.day:
            self.asked.append(day)
        return super().is_working_day(day)

    def was_asked(self) -> bool:
        """Whether it was asked since the last call.

        Every answer about a day begins with that question.
        """
        said = bool(self.asked)
        self.asked.clear()
        return said


def watching(calendar: Calendar, day: date) -> Watched:
    return Watched(calendar.holidays, calendar.removed, day=day)
