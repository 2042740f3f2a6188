"""`/alerts/<id>`: where the link in a message leads. One alert, and a button to acknowledge it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for

from case_api.auth.callers import current_actor, current_caller
from case_api.auth.gate import public
from case_api.context import transaction
from case_api.languages import chosen_language
from case_api.pages import page
from notifications import inbox
from services.shared.alerts import WhoActs
from services.shared.clock import legal_day
from services.shared.words.catalogue import day_in_words, say, time_in_words

blueprint = Blueprint("alert_pages", __name__, url_prefix="/alerts")


@blueprint.get("/<uuid:alert_id>")
@public
def show_alert(alert_id: UUID) -> Any:
    """Whoever is not logged in is sent to log in first, and comes back here."""
    caller = current_caller()
    if caller is None:
        return redirect(url_for("auth.login", next=request.path), 302)
    with transaction(caller.actor) as uow:
        alert = inbox.read_alert(alert_id, uow=uow)
    language = chosen_language()
    return page(
        "alerts/alert.html",
        alert=alert,
        what=say(f"alert.{alert.kind}", language),
        acting=[WhoActs.REFERENCE_WORKER, WhoActs.SUBSTITUTE] if alert.says_who_acts else [],
        when=_when(alert, language),
        csrf_token=caller.csrf_token,
    )


@blueprint.post("/<uuid:alert_id>/acknowledgement")
def acknowledge(alert_id: UUID) -> Any:
    said = request.form.get("acting")
    acting = WhoActs(said) if said in set(WhoActs) else None
    with transaction(current_actor()) as uow:
        inbox.acknowledge(alert_id, acting, uow=uow)
    return redirect(url_for("alert_pages.show_alert", alert_id=alert_id), 303)


def _when(alert: inbox.AlertView, language: str) -> str | None:
    hearing = alert.hearing_at
    if hearing is None:
        return None
    return f"{day_in_words(legal_day(hearing), language)}, {time_in_words(hearing, language)}"
