"""The first page and the mailbox: in three languages, without script, escaped."""

import json
import time
from dataclasses import replace

import pytest

from case_api.mailbox.pages import linked
from infra.embedded.mail import prepare, store

MAIL = """Subject: =?utf-8?q?Audience_=3Cb=3E?=
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

<script>alert(1)</script> http://localhost/alerts/1. See (https://x.example/a?b=c&d=e)
--b
Content-Type: text/html; charset=utf-8

<script>alert(2)</script><img src=http://evil.example/p.png>
--b--
"""


@pytest.mark.parametrize(
    ("query", "accepted", "language", "words"),
    [
        ("", "fr", "fr", "Ce qui fonctionne"),
        ("", "nl, fr;q=0.5", "nl", "Wat er draait"),
        ("", "", "en", "What runs"),
        ("?lang=nl", "fr", "nl", "Wat er draait"),
        ("?lang=xx", "fr", "fr", "Ce qui fonctionne"),
    ],
)
def test_the_home_page_speaks_the_readers_language(
    client, network, query, accepted, language, words
):
    answer = client.get(f"/{query}", headers={"Accept-Language": accepted})
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert words in answer.text


def test_it_says_what_runs_and_who_can_log_in(client, network, tmp_path):
    (tmp_path / "openid").mkdir()
    person = {"subject": "s", "name": "Zoë <b>", "email": "z@demo.example", "role": "liaison"}
    (tmp_path / "openid" / "people.json").write_text(json.dumps([person]))
    text = client.get("/?lang=en").text
    for expected in ("Database", "Redis", "does not work", "Zoë &lt;b&gt;", "z@demo.example"):
        assert expected in text
    for link in ("/auth/login", "/api/docs", "/api/openapi.json", "/dev/mailbox", "/metrics"):
        assert f'href="{link}' in text


def test_who_is_logged_in_can_log_out(browser, opened):
    text = browser.get("/?lang=en").text
    assert opened.csrf_token in text
    assert 'action="/auth/logout"' in text


def test_the_home_page_stands_without_a_database(furnished, settings, clock, issuer):
    gone = replace(settings, database_url="postgresql+psycopg://x@/x?host=/nowhere")
    client = furnished(gone, clock=clock).app.test_client()
    client.set_cookie("sid", "x" * 43, domain="localhost")
    answer = client.get("/?lang=en")
    assert answer.status_code == 200
    assert "does not work" in answer.text
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200
    assert "maillage_database_up 0.0" in client.get("/metrics").text
    assert client.get("/api/v1/me").status_code == 503


def test_the_mailbox_lists_the_newest_first(client, network, tmp_path):
    maildir = prepare(tmp_path / "mail")
    for subject in ("first", "second"):
        store(
            maildir,
            sender="a@x.be",
            recipients=["b@x.be", "c@x.be"],
            content=f"Subject: {subject}\r\n\r\nx".encode(),
        )
        time.sleep(0.002)
    text = client.get("/dev/mailbox?lang=en").text
    assert text.index("second") < text.index("first")
    assert "b@x.be, c@x.be" in text


def test_a_message_is_shown_and_never_run(client, network, tmp_path):
    maildir = prepare(tmp_path / "mail")
    name = store(maildir, sender="a@x.be", recipients=["b@x.be"], content=MAIL.encode())
    answer = client.get(f"/dev/mailbox/{name}")
    assert answer.status_code == 200
    assert "Audience &lt;b&gt;" in answer.text
    assert "<script>" not in answer.text
    assert "<img" not in answer.text
    assert 'href="http://localhost/alerts/1"' in answer.text
    assert 'href="https://x.example/a?b=c&amp;d=e"' in answer.text


@pytest.mark.parametrize("name", ["x", "..%2f..%2fetc%2fpasswd", "%2e%2e", "0" * 20 + ".eml"])
def test_only_messages_are_read(client, network, name):
    assert client.get(f"/dev/mailbox/{name}").status_code == 404


def test_with_a_real_mail_server_there_is_no_mailbox(furnished, settings, clock, database, network):
    real = replace(settings, mailbox=None)
    client = furnished(real, clock=clock, database=database).app.test_client()
    assert client.get("/dev/mailbox").status_code == 404
    assert "/dev/mailbox" not in client.get("/").text


def test_links_end_where_they_should():
    pieces = list(linked("a http://x.be/b. c (https://y.be/d) javascript:x"))
    assert [piece for piece, is_link in pieces if is_link] == ["http://x.be/b", "https://y.be/d"]
    assert (
        "".join(piece for piece, _ in pieces) == "a http://x.be/b. c (https://y.be/d) javascript:x"
    )
