"""F51: an organisation's own system hears what its people hear, signed, and nothing it may not."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from infra.settings import Settings
from notifications.channels.https import Client
from notifications.delivery import hooks
from notifications.webhooks import claims, failing
from notifications.webhooks.commands import OVERLAP
from tests.journeys.steps import open_shared_case, propose, set_hearing, sweep, take_over
from tests.once.beginnings import beginning
from tests.outside.receiver import NETWORKS, Receiver, status
from tests.people import Network
from workers.sweeper import PATIENCE

HEARING = "2026-08-19T09:00:00+02:00"
SEVEN_DAYS_BEFORE = datetime(2026, 8, 12, 8, 0, tzinfo=UTC)
KIND = "evictions.hearing_approaching"


@pytest.fixture
def receiver(tmp_path):
    receiver = Receiver(tmp_path)
    receiver.start()
    yield receiver
    receiver.stop()


@pytest.fixture
def settings(settings: Settings, receiver: Receiver) -> Settings:
    return replace(
        settings,
        webhook_networks=NETWORKS,
        webhook_ports=str(receiver.port),
        webhook_ca=receiver.authority,
    )


@pytest.fixture
@beginning
def case(network: Network):
    network.clock.set(datetime(2026, 7, 20, 8, 0, tzinfo=UTC))
    case = open_shared_case(network)
    set_hearing(network, case, HEARING)
    # Everything before is told already, when there is no webhook yet.
    network.clock.set(datetime(2026, 8, 11, 8, 0, tzinfo=UTC))
    network.work()
    return case


def register(network: Network, url: str, *kinds: str, who: str = "rw1") -> Any:
    return network[who].post("/api/v1/webhooks", {"url": url, "kinds": list(kinds)})


def due_alert(network: Network) -> None:
    network.clock.set(SEVEN_DAYS_BEFORE)
    network.work()


def listed(network: Network, hook: Any, state: str = "", who: str = "rw1") -> list[Any]:
    query = f"?state={state}" if state else ""
    return network[who].get(f"/api/v1/webhooks/{hook['webhook']['id']}/deliveries{query}")["items"]


def test_an_alert_reaches_the_system_as_a_signed_event(network, receiver, case):
    hook = register(network, receiver.url(), KIND)
    due_alert(network)
    (posted,) = receiver.received
    assert posted.path == "/alerts?for=us"
    assert posted.signed_with(hook["secret"])
    assert not posted.signed_with("whsec_" + "A" * 43 + "=")
    assert abs(int(posted.headers["webhook-timestamp"]) - SEVEN_DAYS_BEFORE.timestamp()) < 2
    assert posted.headers["content-type"] == "application/cloudevents+json; charset=UTF-8"
    event = posted.event
    alert = network["rw1"].get(f"/api/v1/alerts/{event['subject']}")
    assert alert["kind"] == KIND
    link = f"https://maillage.example/alerts/{alert['id']}"
    assert event == {
        "specversion": "1.0",
        "id": posted.id,
        "source": "https://maillage.example",
        "type": f"maillage.alert.{KIND}",
        "subject": alert["id"],
        "time": "2026-08-12T08:00:00Z",
        "datacontenttype": "application/json",
        "data": {"kind": KIND, "code": case["code"], "link": link, "due_on": "2026-08-19"},
    }
    (sent,) = listed(network, hook)
    assert (sent["id"], sent["state"], sent["attempts"]) == (posted.id, "sent", 1)
    network.work()
    assert len(receiver.received) == 1


def test_an_organisation_hears_only_what_one_of_its_people_hears(network, receiver, case):
    register(network, receiver.url("/ours"), KIND)
    register(network, receiver.url("/theirs"), KIND, who="rw2")
    due_alert(network)
    assert [posted.path for posted in receiver.received] == ["/ours"]


def test_who_lost_the_case_before_it_leaves_is_told_nothing(network, receiver, case):
    """Decided again at the point of no return; the organisation of the new one is told instead."""
    hook = register(network, receiver.url("/old"), KIND)
    receiver.always = status(503)
    due_alert(network)
    assert len(receiver.received) == 1
    for alert in network["rw1"].get("/api/v1/alerts")["items"]:
        network["rw1"].post(f"/api/v1/alerts/{alert['id']}/acknowledgement", status=200)
    take_over(network, propose(network, case), "rw2")
    receiver.always = status(204)
    network.clock.advance(hours=1)
    network.work()
    assert [posted.path for posted in receiver.received] == ["/old"]
    (gone,) = listed(network, hook)
    assert (gone["state"], gone["last_error"]) == ("cancelled", "may-not-know")


def test_retries_end_in_a_dead_letter_that_can_be_sent_again(network, receiver, case):
    hook = register(network, receiver.url(), KIND)
    receiver.always = status(500)
    due_alert(network)
    # The later rungs of the same hearing stay out of it.
    network.database.execute("UPDATE alerts SET state = 'cancelled' WHERE state = 'planned'")
    for wait in claims.SCHEDULE:
        network.clock.at += wait * 1.2
        network.work()
    assert len(receiver.received) == len(claims.SCHEDULE) + 1 == 10
    assert len({posted.id for posted in receiver.received}) == 1
    assert len({posted.body for posted in receiver.received}) == 1
    (dead,) = listed(network, hook, "failed")
    assert dead["last_error"] == "https-500"
    webhook = network["rw1"].get(f"/api/v1/webhooks/{hook['webhook']['id']}")
    assert (webhook["state"], webhook["disabled_why"]) == ("disabled", "failing")

    # Not at night: it is important, not legal.
    network.clock.at = network.clock.at.replace(hour=10) + timedelta(days=1)
    network.work()
    (mail,) = [m for m in network.mails("rw1") if "webhook" in m["Subject"]]
    assert case["code"] not in str(mail)
    told = [a["kind"] for a in network["rw1"].get("/api/v1/alerts")["items"]]
    assert "webhooks.disabled" in told

    receiver.always = status(204)
    body = {"url": webhook["url"], "kinds": [KIND], "state": "active"}
    path = f"/api/v1/webhooks/{webhook['id']}"
    headers = {"If_Match": f'"v{webhook["version"]}"'}
    network["rw1"].call("PUT", path, body, status=200, **headers)
    network["rw1"].post(f"{path}/deliveries/{dead['id']}/redelivery", status=200)
    network.work()
    again = receiver.received[-1]
    assert (again.id, again.headers["x-possible-duplicate"]) == (dead["id"], "yes")
    assert [each["state"] for each in listed(network, hook)] == ["sent"]


def switch(network: Network, hook: Any, state: str) -> None:
    path = f"/api/v1/webhooks/{hook['webhook']['id']}"
    now = network["rw1"].get(path)
    body = {"url": now["url"], "kinds": now["kinds"], "state": state}
    network["rw1"].call("PUT", path, body, status=200, If_Match=f'"v{now["version"]}"')


def test_what_fell_due_while_it_was_disabled_follows_once_the_oldest_first(network, receiver, case):
    hook = register(network, receiver.url(), KIND)
    switch(network, hook, "disabled")
    # Seven days before the hearing, three, and one: each while nobody listens.
    for day in (12, 14, 18):
        network.clock.set(datetime(2026, 8, day, 8, 0, tzinfo=UTC))
        sweep(network)
    assert receiver.received == []
    assert [each["state"] for each in listed(network, hook)] == ["pending"] * 3
    switch(network, hook, "active")
    for _ in range(2):
        network.clock.advance(minutes=1)
        sweep(network)
    times = [posted.event["time"] for posted in receiver.received]
    assert times == [f"2026-08-{day}T08:00:00Z" for day in (12, 14, 18)]
    switch(network, hook, "disabled")
    switch(network, hook, "active")
    sweep(network)
    assert len(receiver.received) == 3


def test_what_waited_for_more_than_a_week_does_not(network, receiver, case):
    hook = register(network, receiver.url(), KIND)
    switch(network, hook, "disabled")
    due_alert(network)
    network.clock.set(SEVEN_DAYS_BEFORE + failing.WAITS - timedelta(hours=1))
    sweep(network)
    kept = {each["last_error"] for each in listed(network, hook, "pending")}
    assert kept == {None}
    network.clock.advance(hours=2)
    sweep(network)
    (late,) = listed(network, hook, "cancelled")
    assert late["last_error"] == "waited-too-long"
    switch(network, hook, "active")
    sweep(network)
    assert late["id"] not in {posted.id for posted in receiver.received}


def test_who_lost_the_case_while_it_was_disabled_is_told_nothing(network, receiver, case):
    hook = register(network, receiver.url(), KIND)
    switch(network, hook, "disabled")
    due_alert(network)
    for alert in network["rw1"].get("/api/v1/alerts")["items"]:
        network["rw1"].post(f"/api/v1/alerts/{alert['id']}/acknowledgement", status=200)
    take_over(network, propose(network, case), "rw2")
    switch(network, hook, "active")
    network.work()
    assert receiver.received == []
    assert listed(network, hook)[0]["last_error"] == "may-not-know"


def test_what_still_waits_cannot_be_sent_again(network, receiver, case):
    hook = register(network, receiver.url(), KIND)
    receiver.always = status(500)
    due_alert(network)
    (waiting,) = listed(network, hook)
    path = f"/api/v1/webhooks/{hook['webhook']['id']}/deliveries/{waiting['id']}/redelivery"
    refused = network["rw1"].call("POST", path, status=409).json()
    assert refused["code"] == "webhook-delivery-open"


def test_an_endpoint_that_is_gone_is_disabled_at_once(network, receiver):
    hook = register(network, receiver.url())
    receiver.always = status(410)
    network["rw1"].post(f"/api/v1/webhooks/{hook['webhook']['id']}/test")
    network.work()
    (webhook,) = network["rw1"].get("/api/v1/webhooks")["items"]
    assert (webhook["state"], webhook["disabled_why"]) == ("disabled", "gone")


def test_two_secrets_sign_during_a_rotation_and_then_one(network, receiver):
    hook = register(network, receiver.url())
    path = f"/api/v1/webhooks/{hook['webhook']['id']}"
    secrets = [hook["secret"]]
    for signing in ([True, True], [False, True, True]):
        secrets.append(network["rw1"].post(f"{path}/secret")["secret"])
        network["rw1"].post(f"{path}/test")
        network.work()
        posted = receiver.received[-1]
        assert [posted.signed_with(secret) for secret in secrets] == signing
    network.clock.at += OVERLAP
    network["rw1"].post(f"{path}/test")
    network.work()
    posted = receiver.received[-1]
    assert [posted.signed_with(secret) for secret in secrets] == [False, False, True]
    assert posted.event["type"] == "maillage.webhooks.test"
    assert len(secrets) == len(set(secrets))


def test_the_secret_is_shown_once_and_lies_sealed(network, receiver):
    hook = register(network, receiver.url())
    shown = network["rw1"].call("GET", f"/api/v1/webhooks/{hook['webhook']['id']}").text
    assert hook["secret"] not in shown
    ((row,),) = network.rows("SELECT row_to_json(s)::text FROM webhook_secrets s")
    assert hook["secret"].encode().hex() not in row
    network["rw1"].claims["auth_time"] = int(time.time()) - 301
    path = f"/api/v1/webhooks/{hook['webhook']['id']}/secret"
    assert network["rw1"].call("POST", path, status=401).json()["code"] == "step-up-required"


@pytest.mark.parametrize(
    ("who", "code"), [("colleague", 403), ("rw2", 404), ("specialist", 404), ("other_liaison", 403)]
)
def test_only_an_administrator_of_the_organisation_sees_it(network, receiver, who, code):
    hook = register(network, receiver.url())
    path = f"/api/v1/webhooks/{hook['webhook']['id']}"
    for method, more in (("GET", ""), ("GET", "/deliveries"), ("POST", "/test")):
        network[who].call(method, path + more, status=code)
    if code == 404:
        assert network[who].get("/api/v1/webhooks")["items"] == []


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("http://hooks.example/", "url-not-https"),
        ("https://u:p@hooks.example/", "url-malformed"),
        ("https://hooks.example:22/", "port-refused"),
        ("https://10.0.0.1/", "address-refused"),
        ("https://169.254.169.254/latest", "address-refused"),
        ("https://2130706433/", "url-malformed"),
    ],
)
def test_an_address_that_may_not_be_called_is_refused(network, settings, url, rule):
    url = url if rule == "port-refused" else url.replace(".1/", f".1:{settings.webhook_ports}/")
    port = f":{settings.webhook_ports}/"
    url = url.replace(".254/", f".254{port}").replace("6433/", f"6433{port}")
    refused = network["rw1"].call("POST", "/api/v1/webhooks", {"url": url}, status=422).json()
    assert (refused["code"], refused["rule"]) == ("webhook-url-refused", rule)


def test_a_redirect_is_a_failure_and_is_not_followed(network, receiver):
    hook = register(network, receiver.url("/first"))
    receiver.always = status(302, Location=receiver.url("/inside"))
    network["rw1"].post(f"/api/v1/webhooks/{hook['webhook']['id']}/test")
    network.work()
    assert [posted.path for posted in receiver.received] == ["/first"]
    assert listed(network, hook)[0]["last_error"] == "https-302"


def test_an_endpoint_that_hangs_holds_up_neither_mails_nor_others(network, receiver, case):
    """One exchange, then it rests while the others have their turn."""

    def hang(request: Any) -> None:
        """Until the other side gives up."""
        request.rfile.read(1)

    register(network, receiver.url("/hangs"), KIND)
    register(network, receiver.url("/other"), KIND)
    receiver.answers = [hang]
    client = Client(egress=network.runtime.webhooks.egress, seconds=0.5)
    network.runtime = replace(network.runtime, webhooks=client)
    due_alert(network)
    assert len(receiver.received) == 2
    states = network.rows("SELECT state, last_error FROM webhook_deliveries ORDER BY state")
    assert states == [("pending", "https-timeout"), ("sent", None)]
    mails = network.rows("SELECT DISTINCT state FROM deliveries WHERE channel = 'email'")
    assert mails == [("sent",)]
    assert PATIENCE.total_seconds() > hooks.HOOK_SECONDS


def test_a_dead_letter_names_no_case(network, receiver, case):
    hook = register(network, receiver.url(), KIND)
    due_alert(network)
    text = str(listed(network, hook))
    assert case["code"] not in text
    assert case["id"] not in text
    assert UUID(listed(network, hook)[0]["id"])
