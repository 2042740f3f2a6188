from pathlib import Path

import pytest

from infra.embedded.stack import embedded_servers
from infra.settings import Settings, SettingsError, database_url

SECRET = "kX2vQ9rT7wZ4mB8nL5pJ3hG6fD1sAqWeRtYu"
GOOD = {
    "DATABASE_URL": "postgresql://maillage_api:hunter2@db.internal/maillage",
    "WORKER_DATABASE_URL": "postgresql://maillage_worker:hunter2@db.internal/maillage",
    "REDIS_URL": "rediss://:hunter2@cache.internal:6379/0",
    "SMTP_URL": "smtp://mailer:hunter2@mail.internal:587?starttls=required",
    "MAIL_FROM": "alerts@maillage.brussels",
    "PUBLIC_URL": "https://maillage.brussels/",
    "OIDC_ISSUER": "https://login.maillage.brussels/realms/staff",
    "OIDC_CLIENT_ID": "maillage",
    "OIDC_CLIENT_SECRET": "hunter2",
    "API_AUDIENCE": "maillage-api",
    "SECRET_KEY": SECRET,
    "DOCUMENTS_DIR": "/srv/documents",
}


def test_a_complete_environment_is_read():
    settings = Settings.from_environment({**GOOD, "TRUSTED_HOSTS": "a.example, b.example"})
    assert settings.database_url.startswith("postgresql+psycopg://maillage_api:")
    assert settings.public_url == "https://maillage.brussels"
    assert settings.trusted_hosts == ("maillage.brussels", "a.example", "b.example")
    assert (settings.port, settings.embedded) == (8000, False)
    mail = settings.mail_server
    assert (mail.host, mail.port, mail.username) == ("mail.internal", 587, "mailer")
    assert (mail.password, mail.security) == ("hunter2", "starttls")


def test_what_is_written_to_an_environment_is_read_back_equal():
    extra = {"EMBEDDED": "1", "DATA": "/srv/data", "MAILBOX": "/srv/data/mail", "PORT": "8123"}
    extra |= {"TRUSTED_HOPS": "2"}
    extra |= {"ANCHOR_KEY": "/srv/key.pem", "ANCHOR_WEBHOOK": "https://notary.example/?t=hunter2"}
    settings = Settings.from_environment({**GOOD, **extra})
    assert "hunter2" not in repr(settings)
    assert settings.data_dir == Path("/srv/data")
    assert Settings.from_environment(settings.to_environment()) == settings


def test_repr_shows_no_secret():
    settings = Settings.from_environment(GOOD)
    assert "hunter2" not in repr(settings) + repr(settings.mail_server)
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    "name",
    [name for name in GOOD if name not in ("OIDC_CLIENT_SECRET", "WORKER_DATABASE_URL")],
)
def test_a_missing_variable_is_named_in_one_sentence(name):
    env = {key: value for key, value in GOOD.items() if key != name}
    assert_one_sentence(env, name, "is not set: set it to")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://u:hunter2@h/d"),
        ("DATABASE_URL", "postgresql:///maillage"),
        ("DATABASE_URL", "postgresql://u:hunter2@h"),
        ("DATABASE_URL", "postgresql://u:hunter2@h:port/d"),
        ("REDIS_URL", "http://h"),
        ("REDIS_URL", "redis://"),
        ("SMTP_URL", "mail.internal"),
        ("SMTP_URL", "smtp://u:hunter2@mail.internal"),
        ("SMTP_URL", "smtp://mail.internal?starttls=maybe"),
        ("MAIL_FROM", "nobody"),
        ("MAIL_FROM", "a@b.example\r\nBcc: c@d.example"),
        ("PUBLIC_URL", "http://maillage.brussels"),
        ("PUBLIC_URL", "maillage.brussels"),
        ("OIDC_ISSUER", "http://login.maillage.brussels"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "changeme" * 8),
        ("SECRET_KEY", "a" * 64),
        *[("TRUSTED_HOPS", text) for text in ("-1", "11", "one", "1,2", "²")],
        ("PORT", "0"),
        ("PORT", "http"),
    ],
)
def test_an_unusable_value_is_named_but_its_secrets_are_not(name, value):
    assert_one_sentence({**GOOD, name: value}, name, "set it to")


def assert_one_sentence(env, name, text):
    with pytest.raises(SettingsError) as refusal:
        Settings.from_environment(env)
    sentence = str(refusal.value)
    assert sentence.startswith(name)
    assert text in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert "hunter2" not in sentence


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"ANCHOR_FILE": "/srv/anchors"}, "ANCHOR_KEY"),
        ({"ANCHOR_WEBHOOK": "https://notary.example"}, "ANCHOR_KEY"),
        ({"ANCHOR_KEY": "/srv/key.pem"}, "ANCHOR_FILE"),
        ({"ANCHOR_KEY": "k", "ANCHOR_WEBHOOK": "http://notary.example/hunter2"}, "ANCHOR_WEBHOOK"),
        ({"ANCHOR_KEY": "k", "ANCHOR_WEBHOOK": "ftp://127.0.0.1/hunter2"}, "ANCHOR_WEBHOOK"),
    ],
)
def test_anchors_need_a_key_and_a_safe_way_out(given, named):
    assert_one_sentence({**GOOD, **given}, named, "set it to")


def test_each_part_needs_only_its_own_database():
    worker = {key: value for key, value in GOOD.items() if key != "DATABASE_URL"}
    settings = Settings.from_environment(worker, needs=("WORKER_DATABASE_URL",))
    assert settings.database_url == ""
    with pytest.raises(SettingsError, match="OWNER_DATABASE_URL is not set"):
        database_url(GOOD, "OWNER_DATABASE_URL")


def test_a_unix_socket_is_a_host():
    url = "postgresql://maillage_owner@/maillage?host=%2Frun%2Fpostgresql"
    found = database_url({"OWNER_DATABASE_URL": url}, "OWNER_DATABASE_URL")
    assert found == url.replace("postgresql://", "postgresql+psycopg://")


def test_plain_http_is_for_this_machine_only():
    local = {"PUBLIC_URL": "http://127.0.0.1:8000", "OIDC_ISSUER": "http://localhost:9000"}
    assert Settings.from_environment({**GOOD, **local}).public_url == "http://127.0.0.1:8000"


def test_each_server_is_embedded_until_an_external_one_is_named():
    assert embedded_servers({}) == {"postgres", "valkey", "mail", "openid"}
    assert embedded_servers({"REDIS_URL": "redis://h"}) == {"postgres", "mail", "openid"}
    external = {"DATABASE_URL": "a", "WORKER_DATABASE_URL": "b", "OWNER_DATABASE_URL": "c"}
    assert embedded_servers(external) == {"valkey", "mail", "openid"}


def test_an_external_server_must_be_given_whole():
    with pytest.raises(SettingsError) as refusal:
        embedded_servers({"DATABASE_URL": "postgresql://h/d"})
    assert "set WORKER_DATABASE_URL and OWNER_DATABASE_URL as well." in str(refusal.value)
    with pytest.raises(SettingsError, match="WORKER_DATABASE_URL is set but DATABASE_URL is not"):
        embedded_servers({"WORKER_DATABASE_URL": "postgresql://h/d"})


def test_documents_stand_in_the_data_folder_unless_told_otherwise():
    env = {name: value for name, value in GOOD.items() if name != "DOCUMENTS_DIR"}
    assert Settings.from_environment({**env, "DATA": "/srv/data"}).documents_dir == Path(
        "/srv/data/documents"
    )
    assert Settings.from_environment({**GOOD, "DATA": "/x"}).documents_dir == Path("/srv/documents")


@pytest.mark.parametrize("url", ["tcp://clamav.internal:3310", "unix:///run/clamav/clamd.ctl"])
def test_a_scanner_is_named_by_its_address(url):
    settings = Settings.from_environment({**GOOD, "CLAMAV_URL": url})
    assert (settings.clamav_url, settings.serve_unscanned) == (url, False)
    assert Settings.from_environment(settings.to_environment()) == settings


def test_unscanned_documents_are_served_only_when_it_is_said():
    assert Settings.from_environment(GOOD).serve_unscanned is False
    serving = Settings.from_environment({**GOOD, "UNSCANNED_DOCUMENTS": "serve"})
    assert serving.serve_unscanned is True
    assert Settings.from_environment(serving.to_environment()) == serving


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("CLAMAV_URL", {"CLAMAV_URL": "http://clamav.internal"}),
        ("CLAMAV_URL", {"CLAMAV_URL": "tcp://:3310"}),
        ("UNSCANNED_DOCUMENTS", {"UNSCANNED_DOCUMENTS": "yes"}),
        ("UNSCANNED_DOCUMENTS", {"UNSCANNED_DOCUMENTS": "serve", "CLAMAV_URL": "tcp://c:1"}),
    ],
)
def test_a_scanner_half_set_is_refused(name, more):
    with pytest.raises(SettingsError, match=f"{name} .*: set"):
        Settings.from_environment({**GOOD, **more})


@pytest.mark.parametrize(
    ("name", "value", "more"),
    [
        ("FAILPOINT", "after-claim:1", {}),
        ("FAILPOINT", "after-lunch:1", {"EMBEDDED": "1"}),
        ("FAILPOINT", "after-claim:0", {"EMBEDDED": "1"}),
        ("LEASE_SECONDS", "19", {}),
        ("LEASE_SECONDS", "-60", {}),
        ("WEBHOOK_NETWORKS", "10.0.0.1/8", {}),
        ("WEBHOOK_PORTS", "443,0", {}),
    ],
)
def test_what_could_end_or_double_deliveries_is_refused(name, value, more):
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment({**GOOD, **more, name: value})


BY_SMS = {
    "SMS_GATEWAY_URL": "https://sms.example:8443/v1/send",
    "SMS_GATEWAY_TOKEN": "a-token-of-the-gateway",
    "SMS_SENDER": "Maillage",
    "SMS_GATEWAY_CA": "/etc/sms.pem",
}


def test_sms_is_off_unless_all_of_it_is_given():
    settings = Settings.from_environment({**GOOD, **BY_SMS})
    assert settings.sms_egress.target(settings.sms_gateway_url).port == 8443
    assert settings.sms_egress.permits("10.1.2.3")
    assert BY_SMS["SMS_GATEWAY_TOKEN"] not in repr(settings)
    assert Settings.from_environment(settings.to_environment()) == settings
    assert Settings.from_environment(GOOD).sms_gateway_url == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SMS_GATEWAY_URL", "http://sms.example/send"),
        ("SMS_GATEWAY_URL", "https://user@sms.example/send"),
        ("SMS_GATEWAY_URL", "https://sms.example:99999/"),
        ("SMS_GATEWAY_URL", ""),
        ("SMS_GATEWAY_TOKEN", ""),
        ("SMS_GATEWAY_TOKEN", "two words\nof it"),
        ("SMS_SENDER", ""),
        ("SMS_SENDER", "Maillage de Bruxelles"),
        ("PUBLIC_URL", f"https://{'m' * 40}.example"),
    ],
)
def test_half_an_sms_gateway_is_refused(name, value):
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment({**GOOD, **BY_SMS, name: value})


def test_a_failpoint_is_for_tests_on_embedded_servers():
    env = {**GOOD, "EMBEDDED": "1", "FAILPOINT": "after-claim:3", "LEASE_SECONDS": "20"}
    settings = Settings.from_environment(env)
    assert (settings.failpoint, settings.lease_seconds) == ("after-claim:3", 20)
    assert Settings.from_environment(settings.to_environment()) == settings
