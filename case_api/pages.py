"""HTML pages: one layout, texts from the catalogues, no script needed."""

from typing import Any

from flask import Response, render_template

from case_api.languages import chosen_language
from services.shared.words.catalogue import say


def page(template: str, *, status: int = 200, **values: Any) -> Response:
    """A page in the reader's language, in which `say(key)` says a text of the catalogues."""
    language = chosen_language()
    html = render_template(
        template,
        language=language,
        say=lambda key: say(key, language),
        **values,
    )
    response = Response(html, status, mimetype="text/html")
    response.headers["Content-Language"] = language
    response.vary.add("Accept-Language")
    return response
