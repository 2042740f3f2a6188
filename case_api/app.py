"""The Flask application, put together here and nowhere else."""

from datetime import timedelta

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from case_api import errors
from case_api.alerts import pages as alert_pages
from case_api.alerts import routes as alerts
from case_api.alerts.mobile import routes as number_routes
from case_api.alerts.preferences import routes as preferences
from case_api.api import Blueprint
from case_api.audit import routes as audit
from case_api.auth import gate, oidc
from case_api.auth import routes as me
from case_api.auth.bearer import AccessTokens
from case_api.auth.keys import Provider
from case_api.calendars import pages as calendar
from case_api.calendars import routes as calendars
from case_api.cases import routes as cases
from case_api.cases.closings import routes as closing_routes
from case_api.cases.handovers import routes as handover_routes
from case_api.cases.household import sealed_routes
from case_api.cases.notes import routes as notes_routes
from case_api.cases.plans import routes as plan_routes
from case_api.cases.splits import routes as split_routes
from case_api.cases.team import routes as team_routes
from case_api.consent import exclusion_routes
from case_api.consent import routes as consent
from case_api.consent.break_glass import routes as break_glass
from case_api.context import Maillage
from case_api.docs import pages as docs
from case_api.docs.specification import Specification
from case_api.documents import routes as documents
from case_api.evictions.bundles import routes as bundle_routes
from case_api.evictions.dates import routes as date_routes
from case_api.evictions.hearing_lists import routes as hearing_lists
from case_api.evictions.hearings import posting_routes, roster_routes, striking_routes
from case_api.evictions.hearings import routes as hearing_routes
from case_api.evictions.law_changes import routes as rules
from case_api.evictions.procedures import routes as evictions
from case_api.evictions.terms import routes as term_routes
from case_api.evictions.welfare_centre import routes as welfare_routes
from case_api.home import pages as home
from case_api.http import headers
from case_api.http.json_input import MAX_BYTES
from case_api.intervisions import routes as intervisions
from case_api.intervisions.agendas import routes as agendas
from case_api.intervisions.ballots import routes as ballot_routes
from case_api.intervisions.follow_ups import routes as follow_ups
from case_api.intervisions.minutes import routes as minutes_routes
from case_api.intervisions.proposals import routes as proposal_routes
from case_api.intervisions.stances import routes as stance_routes
from case_api.intervisions.tables import routes as table_routes
from case_api.mailbox import pages as mailbox
from case_api.network import routes as network
from case_api.network import staff_routes
from case_api.network.courts import routes as court_routes
from case_api.operations import alert_routes as operator
from case_api.operations import requests
from case_api.operations import routes as operations
from case_api.operations.figures import alert_figures, part_figures
from case_api.operations.readiness import Readiness
from case_api.portal import routes as portal
from case_api.portal import staff_routes as portal_staff
from case_api.portal.plans import routes as portal_plan
from case_api.retention import routes as retention
from case_api.sheets import own_routes as own_sheets
from case_api.sheets import routes as sheets
from case_api.webhooks import routes as webhooks
from infra.database import Database
from infra.files.store import DocumentStore
from infra.metrics import Metrics
from infra.settings import Settings
from services.documents.release import Release
from services.shared.clock import Clock, SystemClock
from services.shared.vault.case_keys import CaseKeys
from services.shared.vault.sealing import Keyring

# Every feature's blueprint. The order is that of the OpenAPI document.
FEATURES: tuple[Blueprint, ...] = (
    me.api,
    network.api,
    staff_routes.api,
    court_routes.api,
    cases.api,
    team_routes.api,
    handover_routes.api,
    closing_routes.api,
    notes_routes.api,
    plan_routes.api,
    sheets.api,
    own_sheets.api,
    documents.api,
    sealed_routes.api,
    split_routes.api,
    consent.api,
    break_glass.api,
    exclusion_routes.api,
    evictions.api,
    welfare_routes.api,
    date_routes.api,
    term_routes.api,
    roster_routes.api,
    hearing_lists.api,
    calendars.api,
    rules.api,
    bundle_routes.api,
    intervisions.api,
    proposal_routes.api,
    stance_routes.api,
    table_routes.api,
    minutes_routes.api,
    agendas.api,
    follow_ups.api,
    ballot_routes.api,
    alerts.api,
    preferences.api,
    number_routes.api,
    webhooks.api,
    audit.api,
    portal_staff.api,
    portal.api,
    portal_plan.api,
    retention.api,
    operator.api,
)
# Rooms that put their operations on the blueprint of another one of their feature.
SHARING = (hearing_routes, posting_routes, striking_routes)


def create_app(
    settings: Settings, *, clock: Clock | None = None, database: Database | None = None
) -> Flask:
    """The application over `database` (its own pool if none is given). Connects to nothing yet."""
    app = Flask("case_api")
    furnish(app, settings, clock=clock, database=database)
    requests.register(app)
    headers.register(app)
    errors.register(app)
    for part in (oidc, home, docs, mailbox, operations, alert_pages, calendar):
        app.register_blueprint(part.blueprint)
    features = Specification(app)
    for feature in FEATURES:
        features.register(feature)
    gate.register(app)
    if settings.trusted_hops:
        # The address alone: what links, cookies and redirects start with is PUBLIC_URL, and a
        # proxy that sets no X-Forwarded-Host would hand on the client's own.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.trusted_hops, x_proto=0
        )
    return app


def furnish(
    app: Flask,
    settings: Settings,
    *,
    clock: Clock | None = None,
    database: Database | None = None,
    provider: Provider | None = None,
) -> None:
    """Gives the application its settings and parts, in place of those it had. Its routes, which
    take a hundred times longer to build, stay as they are."""
    _configure(app, settings)
    parts = _parts(
        settings,
        clock or SystemClock(),
        database or Database(settings.database_url),
        provider or Provider(settings.oidc_issuer),
    )
    app.extensions["maillage"] = parts
    oidc.register(app, settings, parts.provider)


def _parts(settings: Settings, clock: Clock, database: Database, provider: Provider) -> Maillage:
    metrics = Metrics()
    readiness = Readiness(settings, database)
    has_canary = bool(settings.canary_mailbox)
    metrics.add_source(alert_figures(database, clock, has_canary=has_canary))
    metrics.add_source(part_figures(readiness))
    keyring = Keyring(settings.seal_keys)
    case_keys = CaseKeys(settings.case_keys, keyring) if settings.case_keys else None
    return Maillage(
        settings=settings,
        clock=clock,
        database=database,
        provider=provider,
        # The provider dates its tokens by the machine's clock, whatever ours is set to.
        tokens=AccessTokens(provider, audience=settings.api_audience, clock=SystemClock()),
        readiness=readiness,
        metrics=metrics,
        documents=DocumentStore(settings.documents_dir, case_keys),
        release=Release(unscanned=settings.serve_unscanned),
        keyring=keyring,
        case_keys=case_keys,
    )


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        PUBLIC_URL=settings.public_url,
        METRICS_TOKEN=settings.metrics_token,
        SECRET_KEY=settings.secret_key,
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        # One more than json_input allows: werkzeug cuts a chunked body here without a word.
        MAX_CONTENT_LENGTH=MAX_BYTES + 1,
        MAX_FORM_MEMORY_SIZE=16 * 1024,
        MAX_FORM_PARTS=20,
        PROVIDE_AUTOMATIC_OPTIONS=False,
        TRAP_HTTP_EXCEPTIONS=False,
        PROPAGATE_EXCEPTIONS=False,
        SESSION_COOKIE_NAME="login-attempt",
        SESSION_COOKIE_PATH="/auth",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https:"),
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(seconds=oidc.ATTEMPT_SECONDS),
    )
    app.jinja_env.undefined = StrictUndefined
