"""Handovers with their package, as the two who are part of them may see it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.cases.handover_model import ChecklistItem
from services.cases.titles import title_in
from services.shared.actor import Actor
from services.shared.categories import names_of
from services.shared.errors import NotFound
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class HandoverView:
    """The package holds only what the reader may see of the case; `consents` are those in force
    that let the reader in. `case_code` is None once the file is no longer for the reader."""

    id: UUID
    case_id: UUID
    case_code: str | None
    from_id: UUID
    from_name: str
    to_id: UUID
    to_name: str
    reason: str
    former_stays: bool
    state: str
    proposed_at: datetime
    answered_at: datetime | None
    deadlines: list[dict[str, Any]]
    hearings: list[dict[str, Any]]
    tasks: list[dict[str, Any]]
    consents: list[dict[str, Any]]
    last_contact_at: datetime | None
    ticks: dict[str, str]

    @property
    def checklist(self) -> list[dict[str, Any]]:
        """Each item, whether it holds anything for this reader, and when it was ticked."""
        return [
            {
                "item": item.value,
                "empty": not self._holds(item),
                "ticked_at": self.ticks.get(item.value),
            }
            for item in ChecklistItem
        ]

    @property
    def missing(self) -> list[str]:
        """What the receiver still has to tick: an empty item needs no tick."""
        return [
            line["item"]
            for line in self.checklist
            if not line["empty"] and line["ticked_at"] is None
        ]

    def _holds(self, item: ChecklistItem) -> bool:
        if item is ChecklistItem.LAST_CONTACT:
            return self.last_contact_at is not None
        return bool(getattr(self, item.value))


_HANDOVERS = text(
    """
    SELECT h.id, h.case_id, c.code AS case_code, h.from_id, f.name AS from_name, h.to_id,
      t.name AS to_name, h.reason, h.former_stays, h.state, h.proposed_at, h.answered_at,
      (SELECT coalesce(json_agg(json_build_object('about', l.about, 'id', l.id,
         'computes', l.computes, 'rule_id', l.rule_id, 'date', l.day, 'late', l.late)
         ORDER BY l.day, l.id), '[]')
       FROM eviction_dates(h.case_id, CAST(:from_today AS jsonb)) l
       WHERE l.about <> 'hearing' AND s.mask & l.category <> 0
         AND (l.late OR l.day >= legal_today())) AS deadlines,
      (SELECT coalesce(json_agg(json_build_object('id', e.id, 'starts_at', e.starts_at,
         'room', e.room) ORDER BY e.starts_at), '[]')
       FROM eviction_dates(h.case_id) e
       WHERE e.about = 'hearing' AND s.mask & e.category <> 0) AS hearings,
      (SELECT coalesce(json_agg(json_build_object('title', k.title, 'template', k.template,
         'values', k.title_values, 'due_on', k.due_on)
         ORDER BY k.due_on NULLS LAST, k.id), '[]')
       FROM tasks k WHERE k.case_id = h.case_id AND k.state = 'open'
       AND s.in_team AND s.mask & k.category <> 0) AS tasks,
      (SELECT coalesce(json_agg(json_build_object('valid_until', g.valid_until,
         'categories', g.mask) ORDER BY g.valid_until, g.id), '[]')
       FROM (SELECT o.id, o.valid_until, bit_or(v.category_mask) AS mask
             FROM consents o JOIN provisions v ON v.consent_id = o.id AND v.effect = 'permit'
             WHERE o.case_id = h.case_id AND s.in_team AND o.withdrawn_at IS NULL
             AND o.valid_from <= app_now() AND app_now() < o.valid_until
             GROUP BY o.id, o.valid_until) g) AS consents,
      (SELECT max(n.written_at) FROM readable_notes n
       WHERE n.case_id = h.case_id AND NOT n.personal) AS last_contact_at,
      (SELECT coalesce(json_object_agg(i.item, i.ticked_at), '{}')
       FROM handover_ticks i WHERE i.handover_id = h.id) AS ticks,
      coalesce(s.mask, 0) AS mask
    FROM handovers h
    LEFT JOIN cases c ON c.id = h.case_id
    JOIN professionals f ON f.id = h.from_id
    JOIN professionals t ON t.id = h.to_id
    LEFT JOIN may_see s ON s.case_id = h.case_id
    WHERE (app_professional() = h.from_id OR app_professional() = h.to_id
           AND (h.state = 'proposed' OR h.answered_at = app_now() OR s.leads))
      AND (CAST(:handover AS uuid) IS NULL AND h.state = 'proposed' OR h.id = :handover)
    ORDER BY h.proposed_at, h.id
    """
)


def handovers(
    *,
    from_today: str | None,
    handover_id: UUID | None = None,
    actor: Actor,
    uow: UnitOfWork,
) -> list[HandoverView]:
    """Handovers that the actor proposed or received: the open ones, or the one asked for.

    `from_today`: the days to show instead of first lawful days that are over, as
    `eviction_dates` takes them.
    """
    values = {"handover": handover_id, "from_today": from_today}
    rows = uow.session.execute(_HANDOVERS, values).mappings().all()
    if handover_id and not rows:
        raise NotFound
    for row in rows:
        uow.read(row["case_id"], "handover", row["mask"], actor=actor)
    return [_view(dict(row), actor) for row in rows]


def handover(
    handover_id: UUID, *, from_today: str | None, actor: Actor, uow: UnitOfWork
) -> HandoverView:
    return handovers(from_today=from_today, handover_id=handover_id, actor=actor, uow=uow)[0]


def _view(values: dict[str, Any], actor: Actor) -> HandoverView:
    values.pop("mask")
    named = [each | {"categories": names_of(each["categories"])} for each in values["consents"]]
    tasks = [
        {
            "title": title_in(actor.language, each["title"], each["template"], each["values"]),
            "due_on": each["due_on"],
        }
        for each in values["tasks"]
    ]
    return replace(HandoverView(**values), consents=named, tasks=tasks)
