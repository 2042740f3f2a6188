"""An alert in one SMS: how urgent it is, the code of the case and the link. Nothing else can reach
a template, and nothing longer or outside the alphabet leaves.
"""

from jinja2 import TemplateError

from notifications.catalogue import CATALOGUE, Urgency
from notifications.channels import gsm7
from notifications.dates import LANGUAGES
from notifications.rendering import DEFAULT_LANGUAGE, ENVIRONMENT, Unrenderable

ALLOWED_IN_SMS = frozenset({"code", "link"})
CODE = "code"
NAMES = (*(urgency.value for urgency in Urgency), CODE)


def short_text(kind: str, *, language: str | None, code: str | None, link: str) -> str:
    """Unrenderable for a kind that this release does not know."""
    if kind not in CATALOGUE:
        raise Unrenderable(kind)
    return _text(CATALOGUE[kind].urgency.value, language, {"code": code or "", "link": link})


def code_text(code: str, *, language: str | None) -> str:
    """The code that proves a number."""
    return _text(CODE, language, {"code": code})


def template_of(name: str, language: str) -> str:
    return f"{language}/sms/{name}.txt"


def _text(name: str, language: str | None, known: dict[str, str]) -> str:
    spoken = language if language in LANGUAGES else DEFAULT_LANGUAGE
    try:
        text = ENVIRONMENT.get_template(template_of(name, spoken)).render(known).strip()
    except TemplateError as fault:
        raise Unrenderable(name) from fault
    if not gsm7.fits(text):
        raise Unrenderable(name)
    return text
