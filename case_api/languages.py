"""The language of an answer."""

from flask import request

from services.shared.words.catalogue import LANGUAGES


def chosen_language() -> str:
    """`?lang=` of a page, else the best of Accept-Language (RFC 9110 §12.5.4), else English."""
    wanted = request.args.get("lang", "")
    if wanted in LANGUAGES:
        return wanted
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]
