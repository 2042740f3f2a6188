"""First lawful days of an eviction that are over, seen from today.

What a delay gave in the summer protects nobody in the winter: the day to know is the first one from
today on. It is reckoned when somebody reads, with the calendar and the winter, of which SQL knows
nothing.
"""

import json
from datetime import date
from uuid import UUID

from sqlalchemy import text

from services.evictions.dates.standing import lawful_from
from services.evictions.law.acts import Ground, Lifting
from services.evictions.law.in_force import law_in_force
from services.evictions.law.labels import rule_of
from services.shared.unit_of_work import UnitOfWork

# Of the cases of whoever reads, and of one that is named: a household sees none as they do.
_PASSED = text(
    """
    SELECT l.id, coalesce(l.overridden_date, l.falls_on) AS day, l.rule_set, l.rule_version,
           l.rule_id, (
             SELECT coalesce(json_agg(json_build_array(a.ground, a.acted_on)), '[]') FROM acts a
             WHERE a.procedure_id = l.procedure_id AND a.ground IS NOT NULL
               AND a.replaced_by IS NULL AND a.lapsed_at IS NULL) AS lifted
    FROM (SELECT s.case_id FROM may_see s WHERE opens(s.mask, 'procedure')
          UNION ALL SELECT CAST(:case AS uuid)) mine
    JOIN deadlines l ON l.case_id = mine.case_id
    WHERE NOT l.protective AND l.ended_as IS NULL AND cautious_day(l) < :today
    """
)


def first_days_from_today(case_id: UUID | None = None, *, uow: UnitOfWork) -> str | None:
    """What `eviction_dates` shows instead of first lawful days that are over: the first one from
    today, by the ids of the dates, as JSON. Of the cases I may see, and of this one; None where
    nothing is over.
    """
    found = uow.session.execute(_PASSED, {"today": uow.today(), "case": case_id}).all()
    if not found:
        return None
    law, days = law_in_force(uow=uow), {}
    for row in found:
        rule = rule_of(law, row.rule_set, row.rule_version, row.rule_id)
        if rule is not None and rule.execution_day:
            lifted = [Lifting(Ground(why), date.fromisoformat(on)) for why, on in row.lifted]
            days[str(row.id)] = lawful_from(rule, row.day, lifted, law, uow.today()).isoformat()
    return json.dumps(days)
