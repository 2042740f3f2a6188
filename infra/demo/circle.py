"""A circle of peers who meet every month; the first session waits for answers. Invented."""

from datetime import time, timedelta

from infra.demo.cast import Cast
from services.evictions.counting.calendar import belgium
from services.intervisions import invitations, series, sessions
from services.intervisions.model import SeriesKind
from services.shared.clock import brussels, legal_day

PEERS = ("nora", "karim", "lotte", "ruben", "sam")


def meet(cast: Cast) -> None:
    """Led by Inès; Nora and Lotte have said that they come, the others not yet."""
    day = belgium().next_working_day(legal_day(cast.in_days(16)))
    starts_at = brussels(day, time(13, 0))
    hosts = tuple(cast.actors[key].organisation_id for key in ("ines", "nora", "lotte"))
    terms = series.SeriesTerms(
        name="Intervision Marolles – Schaerbeek",
        co_facilitator_id=None,
        languages=("fr", "nl"),
        capacity=12,
        quorum=4,
        max_per_sector=5,
        points=3,
        self_vote=False,
        host_ids=hosts,
    )
    with cast.acts("ines") as (actor, uow):
        made = series.start_series(SeriesKind.INTERVISION, terms, actor=actor, uow=uow)
        people = [cast.actors[key].id for key in PEERS]
        series.add_members(made.id, people, actor=actor, uow=uow)
        cmd = sessions.PlanSessions(
            series_id=made.id,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=3),
            every_weeks=4,
            count=3,
            place="Salle du rez-de-chaussée",
        )
        first, *_ = sessions.plan_sessions(cmd, actor=actor, uow=uow)
    for key in ("nora", "lotte"):
        with cast.acts(key) as (actor, uow):
            invitations.answer(first.id, comes=True, actor=actor, uow=uow)
