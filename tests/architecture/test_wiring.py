"""Every event is routed, every refusal has its words, every route asks who is there."""

import ast
import re

from case_api.auth.gate import is_public
from case_api.errors import STATUS
from infra.migrations.models import metadata
from services.audit import events as audit
from services.cases import events as cases
from services.consent import events as consent
from services.evictions import events as evictions
from services.network import events as network
from services.retention import events as retention
from services.shared.errors import DomainError
from services.shared.events import REGISTRY
from services.shared.words.catalogue import has_text
from tests.architecture.test_code import SOURCES, nodes_of
from workers.routing import ROUTES

FEATURES_WITH_EVENTS = (audit, cases, consent, evictions, network, retention)
REFUSALS = {"Refused", "Conflict", "RuleBroken", "TooMuch", "DomainError", "Unreadable"}
HOMES = ("services.", "notifications.")
PUBLIC = {
    "GET /",
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
}


def test_every_event_has_a_row_in_the_routing():
    assert set(REGISTRY) == set(ROUTES)
    assert len(REGISTRY) > 20


def test_every_event_is_where_the_processes_look_for_it():
    """workers.routing.require_every_event loads the modules of this name."""
    events = [each for each in REGISTRY.values() if each.__module__.startswith(HOMES)]
    assert len(events) > 20
    assert [each.name for each in events if not each.__module__.endswith("events")] == []


def test_events_hold_ids_and_dates_only():
    allowed = re.compile(
        r"^<class '(uuid.UUID|datetime.datetime|datetime.date|int)'>$|UUID \| None"
    )
    for event in REGISTRY.values():
        for name, kind in event.__annotations__.items():
            assert name == "name" or allowed.search(str(kind)), f"{event.name}.{name}: {kind}"


def test_every_refusal_has_words_in_three_languages():
    parts = ("title", "detail")
    assert {
        key
        for code in refusal_codes()
        for key in (f"problem.{code}.{part}" for part in parts)
        if not has_text(key)
    } == set()


def refusal_codes() -> set[str]:
    """First arguments of the domain's refusals, read off the source."""
    codes = set()
    for path in SOURCES:
        for node in nodes_of(path):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in REFUSALS
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                codes.add(str(node.args[0].value))
    assert len(codes) > 15
    return codes


def test_every_domain_refusal_is_mapped_to_a_status():
    assert {kind for kind in DomainError.__subclasses__()} <= set(STATUS)


def test_every_route_asks_who_is_there_or_is_listed(app):
    open_routes = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if is_public(app.view_functions[rule.endpoint])
    }
    # The door of the household: a code of 60 bits, and few wrong ones an hour.
    door = {"POST /api/v1/household/session"}
    assert {route for route in open_routes if "/api/v1/" in route} == door
    assert open_routes >= PUBLIC


def test_every_table_belongs_to_a_feature():
    assert len(metadata.tables) > 25
