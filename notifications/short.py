"""An alert in one SMS: how urgent it is, the code of the case and the link. Nothing else can reach
a text, and nothing longer or outside the alphabet leaves.
"""

from notifications.catalogue import CATALOGUE
from notifications.channels import gsm7
from notifications.rendering import Unrenderable
from services.shared.words.catalogue import say, spoken

ALLOWED_IN_SMS = frozenset({"code", "link", "of_case"})


def short_text(kind: str, *, language: str | None, code: str | None, link: str) -> str:
    """Unrenderable for a kind that this release does not know."""
    if kind not in CATALOGUE:
        raise Unrenderable(kind)
    reader = spoken(language)
    of_case = say("sms.of_case", reader, code=code) if code else ""
    urgency = CATALOGUE[kind].urgency
    return _fitting(say(f"sms.{urgency}", reader, of_case=of_case, link=link))


def code_text(code: str, *, language: str | None) -> str:
    """The code that proves a number."""
    return _fitting(say("sms.code", spoken(language), code=code))


def _fitting(text: str) -> str:
    if not gsm7.fits(text):
        raise Unrenderable("too long for an SMS, or not in its alphabet")
    return text
