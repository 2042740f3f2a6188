"""The household's own view, read as `portal_member()`: row-level security and the functions of
functions.sql show a transaction its own member's rows, and each statement asks for them again.
"""

from dataclasses import fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text

from services.cases.titles import title_in
from services.evictions.counting.citing import cite
from services.evictions.dates.passed import first_days_from_today
from services.evictions.law.in_force import law_in_force
from services.evictions.law.labels import provision, rule_of
from services.evictions.law.rulesets import fingerprints
from services.households.model import Member
from services.network.courts.places import place_of
from services.portal.consent_queries import consents, exclusions, requests
from services.portal.disclosures import emergencies, messages, shares
from services.portal.plans.commands import plan
from services.portal.views import (
    DateToKnow,
    HearingView,
    HouseholdView,
    Housemate,
    Person,
    TaskView,
    TeamMember,
    WelfareCentreView,
)
from services.portal.wording import doubt, named
from services.shared.clock import BRUSSELS
from services.shared.errors import NotFound
from services.shared.loading import still_there
from services.shared.unit_of_work import UnitOfWork
from services.shared.words.catalogue import (
    day_in_words,
    day_of_year,
    has_text,
    say,
    spoken,
)

_CASE = text(
    """
    SELECT c.code, c.state, c.opened_at, h.language FROM cases c
    JOIN households h ON h.case_id = c.id WHERE c.id = portal_case()
    """
)
_ME = select(*(getattr(Member, each.name) for each in fields(Person))).where(
    Member.id == func.portal_member()
)
_OTHERS = text("SELECT role, pseudonym FROM portal_housemates()")
_TEAM = text(
    """
    SELECT x.id, x.name, o.name, 'reference' AS role, NULL AS why, lower(r.period) AS since,
           NULL AS until, 'accepted' AS state
    FROM reference_assignments r JOIN professionals x ON x.id = r.professional_id
    JOIN organisations o ON o.id = x.organisation_id
    WHERE r.case_id = portal_case() AND upper_inf(r.period)
    UNION ALL
    (SELECT x.id, x.name, o.name, p.role, portal_reason_to_join(p.id),
            p.accepted_at, coalesce(p.ended_at, p.ends_at),
           p.state
    FROM participations p JOIN professionals x ON x.id = p.professional_id
    JOIN organisations o ON o.id = x.organisation_id
    WHERE p.case_id = portal_case() AND p.state IN ('invited', 'accepted', 'ended')
      AND (p.confidential_to IS NULL OR p.confidential_to = portal_member())
    ORDER BY p.invited_at, p.id)
    """
)
_HEARINGS = text(
    """
    SELECT d.starts_at, d.room, p.canton FROM eviction_dates(portal_case()) d
    JOIN procedures p ON p.id = d.procedure_id
    WHERE d.about = 'hearing' AND d.starts_at >= :since
      AND (CAST(:procedure AS uuid) IS NULL OR d.procedure_id = :procedure)
    ORDER BY d.starts_at
    """
)
_DATES = text(
    """
    SELECT d.day AS "on", d.about, d.computes, d.protective, d.article, l.rule_set,
           l.rule_version, d.rule_id,
           CASE WHEN d.overridden THEN 'found' ELSE d.certainty END AS certainty
    FROM eviction_dates(portal_case(), CAST(:from_today AS jsonb)) d
    LEFT JOIN deadlines l ON l.id = d.id
    WHERE d.about <> 'hearing' AND d.day >= :since AND NOT is_sensitive(d.category)
      AND (CAST(:procedure AS uuid) IS NULL OR d.procedure_id = :procedure)
    ORDER BY d.day, d.rule_id, d.id
    """
)
_NOT_CONFIRMED = text(
    """
    SELECT EXISTS (
      SELECT FROM deadlines d WHERE d.case_id = portal_case() AND d.overridden_date IS NULL
        AND NOT is_confirmed(d.rule_set, d.rule_version, :law_texts))
    """
)
_WELFARE_CENTRE = text(
    """
    SELECT d.id AS procedure_id, w.id AS opposition_id, w.opposed_on,
           w.id IS NOT NULL AND coalesce(w.recorded_by_member = portal_member(), true) AS mine,
           w.version
    FROM procedures d
    LEFT JOIN welfare_oppositions w ON w.procedure_id = d.id AND w.withdrawn_at IS NULL
    WHERE d.case_id = portal_case() ORDER BY d.opened_at, d.id
    """
)
_TASKS = text(
    """
    SELECT t.id, t.title, t.template, t.title_values, t.due_on,
           coalesce(t.asked_by_member = portal_member(), false)
    FROM tasks t
    WHERE t.case_id = portal_case() AND t.state = 'open'
      AND portal_member() IN (t.asked_by_member, t.confidential_to)
       OR t.case_id = portal_case() AND t.state = 'open' AND t.template IS NOT NULL
      AND t.asked_by_member IS NULL AND t.confidential_to IS NULL AND NOT is_sensitive(t.category)
    ORDER BY t.due_on NULLS LAST, t.created_at, t.id
    """
)


def household(*, language: str | None = None, uow: UnitOfWork) -> HouseholdView:
    """NotFound unless this transaction is an adult's of a household."""
    case = uow.session.execute(_CASE).one_or_none()
    if case is None:
        raise NotFound
    said = spoken(language or case.language)
    return HouseholdView(
        case_code=case.code,
        state=case.state,
        opened_at=case.opened_at,
        language=said,
        me=Person(*still_there(uow.session.execute(_ME))),
        others=[Housemate(*row) for row in uow.session.execute(_OTHERS)],
        plan=plan(said, uow=uow),
        team=[_team_member(row, said) for row in uow.session.execute(_TEAM)],
        hearing=next(iter(hearings(said, since=uow.now(), uow=uow)), None),
        dates=dates(said, since=uow.today(), uow=uow),
        dates_note=_dates_note(said, uow=uow),
        welfare_centre=welfare_centre(said, uow=uow),
        tasks=[_task(row, said) for row in uow.session.execute(_TASKS)],
        consents=consents(said, uow=uow),
        exclusions=exclusions(uow=uow),
        requests=requests(uow=uow),
        emergencies=emergencies(uow=uow),
        shares=shares(said, uow=uow),
        messages=messages(uow=uow),
    )


def hearings(
    language: str, *, since: datetime, procedure: UUID | None = None, uow: UnitOfWork
) -> list[HearingView]:
    found = uow.session.execute(_HEARINGS, {"since": since, "procedure": procedure})
    return [_hearing(row, language, uow=uow) for row in found]


def _hearing(row: Any, language: str, *, uow: UnitOfWork) -> HearingView:
    place = place_of(row.canton, uow=uow)
    return HearingView(
        starts_at=row.starts_at,
        room=row.room,
        words=_hearing_words(row, language),
        court=place.court(language),
        address=place.address,
    )


def dates(
    language: str, *, since: date, procedure: UUID | None = None, uow: UnitOfWork
) -> list[DateToKnow]:
    case_id = uow.session.scalar(select(func.portal_case()))
    from_today = first_days_from_today(case_id, uow=uow)
    values = {"since": since, "procedure": procedure, "from_today": from_today}
    found = uow.session.execute(_DATES, values)
    return [
        DateToKnow(
            on=row.on,
            about=row.about,
            computes=row.computes,
            protective=row.protective,
            article=row.article and cite(provision(row.article), language),
            certainty=row.certainty,
            words=_words_of(row, language, uow=uow),
            doubt=doubt(row.certainty, language),
        )
        for row in found
    ]


def _dates_note(language: str, *, uow: UnitOfWork) -> str | None:
    """What to know of the dates as long as no lawyer of the network confirmed all their rules."""
    doubted = uow.session.scalar(_NOT_CONFIRMED, {"law_texts": fingerprints()})
    return say("household.dates_not_confirmed", language) if doubted else None


def _words_of(row: Any, language: str, *, uow: UnitOfWork) -> str:
    """What a date is for: by the catalogues, else in the words that its rule brings along."""
    if has_text(f"household.dates.{row.computes}"):
        return named("dates", row.computes, language)
    rule = rule_of(law_in_force(uow=uow), row.rule_set, row.rule_version, row.rule_id)
    if rule is None:
        return say("household.dates.unnamed", language)
    return (rule.label or rule.explanation).say(language)


def welfare_centre(
    language: str, *, opposition_id: UUID | None = None, uow: UnitOfWork
) -> list[WelfareCentreView]:
    """The view of each procedure, or of the one with that opposition, which stands."""
    return [
        WelfareCentreView(**row._mapping, words=_told_words(row, language))
        for row in uow.session.execute(_WELFARE_CENTRE)
        if opposition_id in (None, row.opposition_id)
    ]


def _told_words(row: Any, language: str) -> str:
    if row.opposed_on is None:
        return say("household.welfare_centre.may_be_told", language)
    return say(
        "household.welfare_centre.opposed", language, day=day_in_words(row.opposed_on, language)
    )


def _task(row: Any, language: str) -> TaskView:
    key, title, template, values, *rest = row
    return TaskView(key, title_in(language, title, template, values), *rest)


def _team_member(row: Any, language: str) -> TeamMember:
    key, name, organisation, role, *rest = row
    part = "grounds" if role == "reference" else "roles"
    return TeamMember(key, name, organisation, role, named(part, role, language), *rest)


def _hearing_words(row: Any, language: str) -> str:
    at = row.starts_at.astimezone(BRUSSELS)
    day = f"{day_of_year(at.month, at.day, language)} {at.year}"
    words = named("hearing", "next", language, day=day, time=f"{at:%H:%M}")
    if row.room is None:
        return words
    return f"{words} {named('hearing', 'room', language, room=row.room)}"
