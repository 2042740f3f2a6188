"""The plugin that watches every test of the run: what it let out, and whether that may be."""

import gc

import pytest
from flask import Flask, Response, request, request_finished

from case_api.app import FEATURES
from tests import probe
from tests.guards.leaks import LEAVING

ADDRESSES = ("Location", "Link", "Content-Location")
DECLARED = {
    (operation.method, operation.rule): operation
    for blueprint in (*FEATURES, probe.api)
    for operation in blueprint.operations
}
_broken: list[str] = []


def _answered(_app: Flask, response: Response, **_: object) -> None:
    for name in ADDRESSES:
        LEAVING.note("address", response.headers.get(name, ""))
    _check_location(response)
    if response.is_streamed:
        return
    if response.status_code >= 400:
        LEAVING.note("refusal", response.get_data())
    if request.path == "/metrics":
        LEAVING.note("metrics", response.get_data())


def _check_location(response: Response) -> None:
    """An answer has the address that the document promises with its status, and no other."""
    rule = "" if request.url_rule is None else request.url_rule.rule
    operation = DECLARED.get((request.method, rule))
    if operation is None or response.status_code != operation.status:
        return
    if ("Location" in response.headers) != (operation.location is not None):
        _broken.append(f"{operation.name}: Location is {response.headers.get('Location')}")


# Every application of the process, also those that a test makes for itself.
request_finished.connect(_answered)


@pytest.fixture
def leaks_on_purpose() -> None:
    """For the test of this watch."""
    LEAVING.on_purpose = True


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector need not look at all of it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    LEAVING.forget()
    _broken.clear()


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
        elif _broken and report.passed:
            report.outcome = "failed"
            report.longrepr = "\n".join(["not what the document says", *_broken])
    return report
