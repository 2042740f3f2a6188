"""HTML pages: one layout, texts from `translations/pages.toml`, no script needed."""

from typing import Any

from flask import Response, render_template

from case_api.languages import LANGUAGES, chosen_language, page_texts


def page(template: str, texts: str, *, status: int = 200, **values: Any) -> Response:
    """A page in the reader's language; `t` holds its texts, `common` those of the layout."""
    language = chosen_language()
    html = render_template(
        template,
        language=language,
        languages=LANGUAGES,
        common=page_texts("common", language),
        t=page_texts(texts, language),
        **values,
    )
    response = Response(html, status, mimetype="text/html")
    response.headers["Content-Language"] = language
    response.vary.add("Accept-Language")
    return response
