"""Plain text: UTF-8, nothing that a program could take for markup."""

import re

from services.shared.errors import RuleBroken

# C0 but tab, line feed, form feed and carriage return; DEL; C1.
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_MARKUP = re.compile(
    r"<\s*(?:!doctype|!entity|\?xml|\?php|%|/?(?:html|head|body|script|svg|iframe|object|embed"
    r"|img|link|meta|style|form|base|frame|video|audio|math|template|xsl)\b)",
    re.IGNORECASE,
)


def check_text(data: bytes) -> None:
    try:
        text = data.decode("utf-8-sig", "strict")
    except UnicodeDecodeError:
        raise RuleBroken("document-type-not-accepted") from None
    if _CONTROL.search(text) or _MARKUP.search(text):
        raise RuleBroken("document-type-not-accepted")
