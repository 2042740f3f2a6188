"""Security headers on every answer, whatever its status (OWASP ASVS 5, §3.4)."""

from flask import Flask, Response, g, request

from case_api.context import request_id

HSTS = "max-age=63072000; includeSubDomains"
API_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
PERMISSIONS = (
    "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
)
FIXED = {
    "Strict-Transport-Security": HSTS,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
}
# Files that hold nothing about anybody.
ASSETS = ("static", "docs.asset")


def register(app: Flask) -> None:
    app.after_request(add)


def add(response: Response) -> Response:
    response.headers.update(FIXED)
    is_page = response.mimetype == "text/html"
    # Only a download brings one of its own, and it is stricter.
    response.headers.setdefault("Content-Security-Policy", PAGE_POLICY if is_page else API_POLICY)
    is_asset = request.endpoint in ASSETS and response.status_code in (200, 304)
    response.headers["Cache-Control"] = "public, max-age=3600" if is_asset else "no-store"
    response.headers["X-Request-Id"] = request_id()
    if "caller" in g or "household" in g:
        response.vary.update(("Cookie", "Authorization"))
    return response
