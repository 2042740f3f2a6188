"""`/dev/mailbox`: what the program would have sent. Does not exist with a real mail server."""

import re
from collections.abc import Iterator
from pathlib import Path

from flask import Blueprint, Response, abort

from case_api.auth.gate import public
from case_api.context import maillage
from case_api.pages import page
from infra.embedded.mail import list_messages, read_message

SHOWN = 200
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")

blueprint = Blueprint("mailbox", __name__, url_prefix="/dev/mailbox")


@blueprint.get("")
@public
def list_all() -> Response:
    return page("mailbox/list.html", messages=list_messages(_maildir(), SHOWN))


@blueprint.get("/<name>")
@public
def read_one(name: str) -> Response:
    message = read_message(_maildir(), name)
    if message is None:
        abort(404)
    return page("mailbox/message.html", message=message, pieces=list(linked(message.text)))


def linked(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces; True for a piece that is a link."""
    end = 0
    for found in _LINK.finditer(text):
        yield text[end : found.start()], False
        yield found[0], True
        end = found.end()
    yield text[end:], False


def _maildir() -> Path:
    maildir = maillage().settings.mailbox
    if maildir is None:
        abort(404)
    return maildir
