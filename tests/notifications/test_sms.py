"""J10 step 4: the e-mail bounces, an SMS goes; that fails too, people are told (F51, F55)."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.settings import Settings
from notifications.channels.https import Client
from notifications.channels.sms import HttpGateway
from notifications.delivery.bounces import Outcome, read_bounce, take_bounce
from notifications.mobile.sending import forget_numbers
from services.shared.clock import SystemClock
from services.shared.vault.sealing import Keyring
from tests.journeys.steps import mails_about, open_shared_case, set_hearing, sweep
from tests.notifications.test_bounces import report, tasks
from tests.once.beginnings import beginning
from tests.outside.gateway import SENDER, TOKEN, Gateway
from tests.outside.receiver import status
from tests.people import Network
from workers.timetable import sms_chores

NUMBER = "+32470123456"
MINE = "/api/v1/me/mobile-number"
PREFERENCES = "/api/v1/me/notification-preferences"
RUNG = "Alerte restée sans réponse"
HEARING = "2026-03-31T09:00:00+02:00"
SOON = datetime(2026, 3, 17, 8, 0, tzinfo=UTC)


@pytest.fixture
def gateway(tmp_path):
    gateway = Gateway(tmp_path)
    gateway.start()
    yield gateway
    gateway.stop()


@pytest.fixture
def settings(settings: Settings, gateway: Gateway) -> Settings:
    return gateway.used_by(settings)


@pytest.fixture
def network(network: Network) -> Network:
    """A gateway that failed is asked again in the same breath."""
    assert isinstance(network.runtime.sms, HttpGateway)
    network.runtime = replace(network.runtime, sms=replace(network.runtime.sms, rest=0.0))
    return network


def give(network: Network, gateway: Gateway, number: str = NUMBER, who: str = "rw1") -> str:
    """The code that came by SMS."""
    network[who].call("PUT", MINE, {"number": number}, status=200)
    network.work()
    return code_in(gateway.texts[-1].text)


def code_in(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def want(network: Network, **choices: str) -> None:
    now = network["rw1"].call("GET", PREFERENCES, status=200)
    chosen = [{"about": k, "channel": "sms", "timing": v} for k, v in choices.items()]
    body = {**now.json(), "choices": chosen}
    network["rw1"].call("PUT", PREFERENCES, body, status=200, If_Match=now.headers["ETag"])


@beginning
def heard(network: Network):
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    case = open_shared_case(network)
    set_hearing(network, case, HEARING)
    sweep(network)
    return case


@dataclass
class Sent:
    """By which gateway is no part of how a test begins: each has its own."""

    gateway: Gateway = field(repr=False)


@beginning
def proved(network: Network, sent: Sent) -> None:
    code = give(network, sent.gateway)
    network["rw1"].post(f"{MINE}/verification", {"code": code}, status=200)


@pytest.fixture
def case(network: Network, gateway: Gateway):
    """The reference worker proved a number; a hearing is set."""
    case = heard(network)
    proved(network, Sent(gateway))
    gateway.received.clear()
    return case


@beginning
def told_by_mail(network: Network, at: datetime = SOON) -> Any:
    network.clock.set(at)
    sweep(network)
    (mail,) = mails_about(network, "rw1", "Audience dans 14 jours")
    return mail


def bounce(network: Network, mail: Any) -> None:
    """What `maillage bounces` does (tests/notifications/test_bounces.py), in this process."""
    bounced = read_bounce(report(mail))
    assert bounced is not None
    with network.runtime.database.transaction(clock=SystemClock(), actor=None) as uow:
        assert take_bounce(bounced, uow=uow) is Outcome.TAKEN
    network.clock.advance(seconds=1)
    sweep(network)


def by_sms(network: Network) -> list[Any]:
    return network.rows(
        "SELECT state, last_error FROM deliveries WHERE channel = 'sms' ORDER BY next_at"
    )


def test_a_bounce_brings_an_sms_with_the_code_and_the_link_alone(network, gateway, case):
    mail = told_by_mail(network)
    assert gateway.texts == []
    bounce(network, mail)
    (text,) = gateway.texts
    ((alert, key),) = network.rows(
        "SELECT alert_id, message_id FROM deliveries WHERE channel = 'sms'"
    )
    link = f"https://maillage.example/alerts/{alert}"
    assert text.text == (
        f"Maillage: échéance légale, dossier {case['code']}. Lire et confirmer: {link}"
    )
    assert (text.to, text.sender, text.token) == (NUMBER, SENDER, f"Bearer {TOKEN}")
    assert (f"<{text.key}>", text.flagged) == (key, False)
    assert key != mail["Message-ID"]
    assert by_sms(network) == [("sent", None)]
    assert tasks(network, case) == []
    assert mails_about(network, "coordinator", RUNG) == []
    sweep(network)
    assert len(gateway.texts) == 1


@pytest.mark.parametrize("code", [422, 400])
def test_both_refused_is_a_task_for_the_team_and_the_next_rung(network, gateway, case, code):
    mail = told_by_mail(network)
    gateway.always = status(code)
    bounce(network, mail)
    network.clock.advance(seconds=1)
    sweep(network)
    (rung,) = mails_about(network, "coordinator", RUNG)
    assert case["code"] in rung["subject"]
    assert tasks(network, case) == [
        "Prévenir Rosa Willems de vive voix : ses messages n’arrivent pas"
    ]
    assert by_sms(network) == [("rejected" if code == 422 else "failed", f"sms-{code}")]
    assert len(gateway.texts) == 1


def test_a_mail_refused_at_the_door_is_as_good_as_bounced(network, gateway, case):
    refused = network["rw1"].email
    network.postbox.on_rcpt = lambda to: "550 5.1.1 no such user" if to == refused else None
    network.clock.set(SOON)
    sweep(network)
    network.clock.advance(seconds=1)
    sweep(network)
    assert [text.to for text in gateway.texts] == [NUMBER]
    assert tasks(network, case) == []


def test_without_a_proved_number_people_are_told_at_once(network, gateway):
    network.clock.set(datetime(2026, 2, 18, 9, 0, tzinfo=UTC))
    case = open_shared_case(network)
    set_hearing(network, case, HEARING)
    give(network, gateway)
    bounce(network, told_by_mail(network))
    assert len(gateway.texts) == 1
    assert "code" in gateway.texts[0].text
    assert len(tasks(network, case)) == 1


def test_whoever_wants_it_gets_legal_alerts_by_sms_too(network, gateway, case):
    want(network, legal="at_once", important="never")
    mail = told_by_mail(network)
    assert len(gateway.texts) == 1
    bounce(network, mail)
    assert len(gateway.texts) == 1
    assert tasks(network, case) == []


def test_an_sms_beside_a_mail_that_arrived_may_fail_in_silence(network, gateway, case):
    want(network, legal="at_once")
    gateway.always = status(422)
    told_by_mail(network)
    network.clock.advance(seconds=1)
    sweep(network)
    assert by_sms(network) == [("rejected", "sms-422")]
    assert tasks(network, case) == []


def test_the_mail_that_bounces_after_the_sms_failed_is_told_by_people(network, gateway, case):
    want(network, legal="at_once")
    gateway.always = status(422)
    mail = told_by_mail(network)
    network.clock.advance(seconds=1)
    sweep(network)
    bounce(network, mail)
    assert len(tasks(network, case)) == 1
    assert len(gateway.texts) == 1


def test_whoever_said_never_is_told_by_people(network, gateway, case):
    want(network, legal="never")
    bounce(network, told_by_mail(network))
    assert gateway.texts == []
    assert len(tasks(network, case)) == 1


def test_not_now_is_tried_again_under_the_same_key(network, gateway, case):
    mail = told_by_mail(network)
    gateway.answers = [status(503), status(500)]
    bounce(network, mail)
    for _ in range(2):
        network.clock.advance(minutes=6)
        network.work()
    assert [text.flagged for text in gateway.texts] == [False, False, True]
    assert len({text.key for text in gateway.texts}) == 1
    assert by_sms(network) == [("sent", None)]


def test_a_gateway_that_hangs_slows_no_mail(network, settings, gateway, case):
    def hang(request):
        request.rfile.read(1)

    mail = told_by_mail(network)
    gateway.always = hang
    short = Client(egress=settings.sms_egress, seconds=0.3)
    patient = replace(network.runtime.sms, client=short, rest=60.0)
    network.runtime = replace(network.runtime, sms=patient)
    network["rw2"].call("PUT", MINE, {"number": "+33612345679"}, status=200)
    bounce(network, mail)
    assert len(gateway.texts) == 1
    assert patient.rests
    network.work()
    assert len(gateway.texts) == 1
    assert by_sms(network) == [("pending", None)]
    mails = network.rows("SELECT DISTINCT state FROM deliveries WHERE channel = 'email'")
    assert sorted(mails) == [("rejected",), ("sent",)]


def test_a_lost_key_is_told_by_people(network, gateway, case):
    mail = told_by_mail(network)
    network.runtime = replace(network.runtime, keyring=Keyring(None))
    bounce(network, mail)
    network.clock.advance(seconds=1)
    sweep(network)
    assert by_sms(network) == [("rejected", "seal-keys-missing")]
    assert len(tasks(network, case)) == 1


def test_when_the_gateway_is_switched_off_nothing_waits_for_it(network, gateway, case):
    mail = told_by_mail(network)
    network.runtime = replace(network.runtime, sms=None)
    bounce(network, mail)
    assert by_sms(network) == [("pending", None)]
    assert sms_chores(offered=True) == ()
    (chore,) = sms_chores(offered=False)
    with network.runtime.transaction() as uow:
        assert chore.run(uow=uow) == 1
    network.clock.advance(seconds=1)
    sweep(network)
    assert by_sms(network) == [("failed", "no-gateway")]
    assert len(tasks(network, case)) == 1


def test_who_lost_the_case_meanwhile_is_sent_nothing(network, gateway, case):
    mail = told_by_mail(network)
    gateway.always = status(503)
    bounce(network, mail)
    network.database.execute(
        "UPDATE reference_assignments SET period = tstzrange(lower(period), now() - '1 day'"
        "::interval + (lower(period) - now()) + '1 day 1 second'::interval)"
    )
    gateway.always = status(204)
    network.clock.advance(minutes=6)
    network.work()
    assert by_sms(network) == [("cancelled", "may-not-know")]
    assert len(gateway.texts) == 1


def test_a_number_counts_once_its_code_was_typed_in(network, gateway):
    person = network["rw1"]
    person.get(MINE, status=404)
    given = person.call("PUT", MINE, {"number": NUMBER}, status=200).json()
    assert (given["ending"], given["verified_at"]) == ("56", None)
    network.work()
    (text,) = gateway.texts
    code = code_in(text.text)
    assert text.text == f"Maillage: votre code est {code}. Ne le donnez à personne."
    assert (text.to, len(code)) == (NUMBER, 6)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    refusal = person.post(f"{MINE}/verification", {"code": wrong}, status=422)
    assert refusal["type"].endswith("mobile-code-wrong")
    assert person.post(f"{MINE}/verification", {"code": code}, status=200)["verified_at"]
    assert person.get(MINE)["verified_at"]
    network["rw2"].get(MINE, status=404)
    network.work()
    assert len(gateway.texts) == 1


def test_another_number_starts_anew_and_a_removed_one_is_gone(network, gateway, case):
    code = give(network, gateway, "+33612345678")
    assert network["rw1"].get(MINE)["verified_at"] is None
    network.clock.advance(minutes=15)
    over = network["rw1"].post(f"{MINE}/verification", {"code": code}, status=409)
    assert over["type"].endswith("mobile-code-over")
    bounce(network, told_by_mail(network))
    assert len(tasks(network, case)) == 1
    give(network, gateway, "+33612345678")
    network["rw1"].call("DELETE", MINE, status=204)
    network["rw1"].get(MINE, status=404)
    assert network.rows("SELECT count(*) FROM mobile_numbers") == [(0,)]


def test_a_removed_number_is_sent_nothing_that_still_waited(network, gateway, case):
    mail = told_by_mail(network)
    gateway.always = status(503)
    bounce(network, mail)
    network["rw1"].call("DELETE", MINE, status=204)
    gateway.always = status(204)
    network.clock.advance(minutes=6)
    sweep(network)
    assert by_sms(network) == [("rejected", "no-mobile-number")]
    assert len(gateway.texts) == 1
    network.clock.advance(seconds=1)
    sweep(network)
    assert len(tasks(network, case)) == 1


@pytest.mark.parametrize(
    "number",
    ["0470123456", "+32 470123456", "+3225551234", "+12025550123", "+3247012345"],
)
def test_other_numbers_are_refused(network, number):
    network["rw1"].call("PUT", MINE, {"number": number}, status=422)


def test_codes_are_guessed_and_asked_for_a_few_times_only(network, gateway):
    code = give(network, gateway)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _ in range(5):
        network["rw1"].post(f"{MINE}/verification", {"code": wrong}, status=422)
    network["rw1"].post(f"{MINE}/verification", {"code": code}, status=429)
    for _ in range(4):
        network["rw1"].call("PUT", MINE, {"number": NUMBER}, status=200)
    network["rw1"].call("PUT", MINE, {"number": NUMBER}, status=429)


def test_a_code_is_sent_until_it_is_over(network, gateway):
    gateway.always = status(503)
    network["rw1"].call("PUT", MINE, {"number": NUMBER}, status=200)
    network.work()
    network.clock.advance(minutes=6)
    network.work()
    assert len(gateway.texts) == 2
    assert [text.flagged for text in gateway.texts] == [False, True]
    network.clock.advance(minutes=10)
    network.work()
    assert len(gateway.texts) == 2


def test_the_number_stands_nowhere_but_sealed(network, gateway, case, capsys):
    bounce(network, told_by_mail(network))
    assert len(gateway.texts) == 1
    tables = network.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    for (table,) in tables:
        for (text,) in network.rows(f"SELECT t::text FROM {table} t"):
            assert NUMBER not in text
            assert NUMBER[3:] not in text
    written = capsys.readouterr()
    assert NUMBER[3:] not in written.out + written.err
    people = network["rw2"].get("/api/v1/professionals")
    assert NUMBER[3:] not in str(people)


def test_numbers_nobody_proved_and_of_closed_accounts_are_forgotten(network, gateway, case):
    give(network, gateway, who="rw2")
    network.clock.at += timedelta(days=1, seconds=1)
    sweep(network)
    assert network.rows("SELECT count(*) FROM mobile_numbers") == [(1,)]
    network.database.execute(
        "UPDATE professionals SET active = false WHERE id = %s", (network["rw1"].id,)
    )
    with network.runtime.transaction() as uow:
        assert forget_numbers(uow=uow) == 1
