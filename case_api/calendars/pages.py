"""`/calendar/<token>.ics`: the feed itself, for a calendar program that cannot log in.

Neither the address nor the token is ever logged; a token that is unknown, revoked or of somebody
who left is answered like any other that leads nowhere.
"""

import hashlib
from datetime import timedelta

from flask import Blueprint, Response

from case_api.auth.gate import public
from case_api.auth.household import visitor
from case_api.context import maillage, transaction
from case_api.http.etags import with_tag
from case_api.http.limits import require_within_limit
from services.calendars import document, entries, feeds
from services.calendars.entries import Entry
from services.network.courts.places import places
from services.shared.actor import Actor
from services.shared.attempts import Limit
from services.shared.errors import NotFound

blueprint = Blueprint("calendar", __name__)
# Programs ask every few minutes at most; of one person, over all their feeds.
READS = Limit(times=120, within=timedelta(hours=1))
# Of one address, and only with tokens that open nothing: 256 bits are not guessed in any number.
GUESSES = Limit(times=60, within=timedelta(hours=1))
_LONGEST = 100


@blueprint.get("/calendar/<token>.ics")
@public
def show_calendar(token: str) -> Response:
    """What the owner may see now. The answer that they have it already shows nothing, and is not
    noted as a reading."""
    owner = _owner(token)
    require_within_limit("read_calendar", READS, owner)
    with transaction(owner) as uow:
        found = entries.my_entries(actor=owner, uow=uow)
        body = document.feed(
            found,
            language=owner.language,
            at=uow.now(),
            page=f"{maillage().settings.public_url}/",
            courts=places(uow=uow),
        )
        response = with_tag(Response(body, mimetype="text/calendar"), _tag(found, owner))
        if response.status_code == 200:
            entries.note_reading(found, actor=owner, uow=uow)
    response.headers["Content-Disposition"] = 'inline; filename="maillage.ics"'
    return response


def _owner(token: str) -> Actor:
    owner = None
    if len(token) <= _LONGEST and token.isascii():
        with transaction(None) as uow:
            owner = feeds.find_owner(token, uow=uow)
    if owner is None:
        require_within_limit("guess_calendar", GUESSES, visitor())
        raise NotFound
    return owner


def _tag(found: list[Entry], owner: Actor) -> str:
    """ETag of the feed, ignoring DTSTAMP."""
    said = repr((owner.language, found)).encode()
    return f'"{hashlib.sha256(said).hexdigest()[:32]}"'
