"""Rules about rights in intervisions take facts and nothing else, and say why they refuse."""

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from services.consent.policy import Access
from services.intervisions import policy
from services.intervisions.agendas.policy import require_drafter
from services.intervisions.ballots.policy import require_ballot_leader
from services.intervisions.follow_ups import policy as follow_ups
from services.intervisions.follow_ups.model import Becomes
from services.intervisions.model import (
    IntervisionSession,
    InvitationState,
    SeriesKind,
    SessionState,
)
from services.intervisions.policy import Part
from services.intervisions.proposals import policy as proposals
from services.intervisions.proposals.policy import Authorship
from services.intervisions.tables import policy as tables
from services.shared.categories import ALL
from services.shared.errors import DomainError
from tests.families import family

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SERVICES = Path(__file__).parent.parent.parent / "services"
POLICIES = sorted((SERVICES / "intervisions").rglob("policy.py"))
IMPURE = {"sqlalchemy", "services.shared.unit_of_work", "services.shared.loading"}


def part(
    kind: SeriesKind = SeriesKind.INTERVISION,
    *,
    facilitates: bool = False,
    invitation: InvitationState | None = InvitationState.ACCEPTED,
    state: SessionState = SessionState.PLANNED,
) -> Part:
    session = IntervisionSession(state=state, starts_at=NOW + timedelta(days=1))
    return Part(session=session, kind=kind, facilitates=facilitates, invitation=invitation)


def authorship(**changes: object) -> Authorship:
    access = Access(leads=True, takes_part=True, as_liaison=False, write_mask=ALL)
    facts = {"part": part(), "frozen": False, "now": NOW, "wrote": True, "reads": False}
    facts |= {"case_id": uuid4(), "access": access}
    return Authorship(**facts | changes)


def keeping(**changes: object) -> follow_ups.Keeping:
    facts = {"owns": False, "facilitates": False, "reads_words": True, "becomes": Becomes.NETWORK}
    return follow_ups.Keeping(**facts | changes)


LEADER = {"facilitates": True, "invitation": None}
STRANGER = {"invitation": None}
ASKED_AWAY = {"invitation": InvitationState.WITHDRAWN}
HELD = {"state": SessionState.HELD}
CANCELLED = {"state": SessionState.CANCELLED}


def test_policies_ask_no_database():
    assert len(POLICIES) == 8
    for path in POLICIES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.module not in IMPURE, path
            if isinstance(node, ast.FunctionDef):
                assert "uow" not in [each.arg for each in node.args.args + node.args.kwonlyargs]


@family(
    "rule, facts, code",
    [
        (policy.require_attending, {}, None),
        (policy.require_attending, LEADER, None),
        (policy.require_attending, STRANGER, "not-found"),
        (policy.require_attending, ASKED_AWAY, "not-found"),
        (policy.require_facilitator, {}, "not-the-facilitator"),
        (policy.require_facilitator, STRANGER, "not-found"),
        (policy.require_facilitator, LEADER, None),
        (policy.require_invited, {"invitation": InvitationState.DECLINED}, None),
        (policy.require_invited, LEADER, "not-invited-to-session"),
        (policy.require_invited, STRANGER, "not-found"),
        (policy.require_open_to_all, STRANGER, "session-kind"),
        (policy.require_open_to_all, STRANGER | {"kind": SeriesKind.HOUSING_TABLE}, None),
        (require_drafter, LEADER, None),
        (require_drafter, HELD, "not-the-facilitator"),
        (require_drafter, LEADER | HELD, "session-not-planned"),
        (require_ballot_leader, LEADER, None),
        (require_ballot_leader, LEADER | {"kind": SeriesKind.SUPERVISION}, "session-kind"),
        (tables.require_table_leader, LEADER | HELD, None),
        (tables.require_table_leader, LEADER | CANCELLED, "session-not-planned"),
        (tables.require_table_leader, LEADER | {"kind": SeriesKind.SUPERVISION}, "session-kind"),
        (tables.require_conflict_possible, {"kind": SeriesKind.CONCERTATION}, "session-kind"),
    ],
)
def test_what_a_part_allows(rule, facts, code):
    assert refusal(rule, part(**facts)) == code


@family(
    "rule, facts, code",
    [
        (proposals.require_changer, {}, None),
        (proposals.require_changer, {"wrote": False, "case_id": None}, "proposal-of-another"),
        (proposals.require_changer, {"part": part(**HELD), "access": None}, "session-not-planned"),
        (proposals.require_changer, {"now": NOW + timedelta(days=2)}, "session-begun"),
        (proposals.require_changer, {"frozen": True, "case_id": None}, "proposals-frozen"),
        (proposals.require_changer, {"case_id": None, "access": None}, "not-found"),
        (proposals.require_withdrawer, {"frozen": True, "access": None}, None),
        (proposals.require_reader, {"frozen": True}, "not-the-second-reader"),
        (proposals.require_reader, {"reads": True, "frozen": True}, "proposals-frozen"),
        (proposals.require_reader, {"reads": True, "wrote": False, "access": None}, None),
    ],
)
def test_what_an_authorship_allows(rule, facts, code):
    assert refusal(rule, authorship(**facts)) == code


@family(
    "rule, facts, code",
    [
        (follow_ups.require_finisher, {"owns": True}, None),
        (follow_ups.require_finisher, {"facilitates": True}, "not-the-owner"),
        (
            follow_ups.require_finisher,
            {"owns": True, "becomes": Becomes.CASE},
            "follow-up-closes-with-its-task",
        ),
        (follow_ups.require_keeper, {"owns": True, "reads_words": False}, None),
        (follow_ups.require_keeper, {"facilitates": True}, None),
        (follow_ups.require_keeper, {"facilitates": True, "reads_words": False}, "not-the-owner"),
        (follow_ups.require_keeper, {}, "not-the-owner"),
    ],
)
def test_what_keeping_a_follow_up_allows(rule, facts, code):
    assert refusal(rule, keeping(**facts)) == code


@family(
    "sits, signed, code",
    [(True, True, None), (True, False, "undertaking-unsigned"), (False, True, "not-found")],
)
def test_a_table_is_for_those_who_sit_there_and_promised(sits, signed, code):
    assert refusal(tables.require_seat, tables.Sitting(sits=sits, signed=signed)) == code


def refusal(rule, facts):
    """The code with which a rule refuses these facts; None if it does not."""
    try:
        rule(facts)
    except DomainError as refused:
        return refused.code
    return None
