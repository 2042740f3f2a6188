"""The plugin that watches every test of the run: what it let out, and whether that may be."""

import pytest
from flask import Flask, Response, request, request_finished

from tests.leaks import LEAVING

ADDRESSES = ("Location", "Link", "Content-Location")


def _answered(_app: Flask, response: Response, **_: object) -> None:
    for name in ADDRESSES:
        LEAVING.note("address", response.headers.get(name, ""))
    if response.is_streamed:
        return
    if response.status_code >= 400:
        LEAVING.note("refusal", response.get_data())
    if request.path == "/metrics":
        LEAVING.note("metrics", response.get_data())


# Every application of the process, also those that a test makes for itself.
request_finished.connect(_answered)


@pytest.fixture
def leaks_on_purpose() -> None:
    """For the test of this watch."""
    LEAVING.on_purpose = True


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    LEAVING.forget()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if call.when == "teardown":
        for place, text in report.sections:
            LEAVING.note(place, text)
        leaked = LEAVING.found()
        if leaked and report.passed and not LEAVING.on_purpose:
            report.outcome = "failed"
            report.longrepr = "\n".join(["personal data left the process", *leaked])
    return report
