"""Login through the demo provider itself, which shares no code with our side of it."""

import re
import socket
import threading
from dataclasses import replace

import pytest
import requests
from werkzeug.serving import make_server

from infra.embedded.openid.grant import Provider
from infra.embedded.openid.people import people_file
from infra.embedded.openid.provider import Silent
from infra.embedded.openid.provider import create_app as create_provider


@pytest.fixture
def demo(settings, tmp_path):
    """The demo provider itself, on its own port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    provider = Provider(tmp_path, f"http://127.0.0.1:{port}", "http://localhost", "maillage-api")
    people_file(tmp_path).parent.mkdir(exist_ok=True)
    people_file(tmp_path).write_text(
        '[{"subject": "s1", "name": "Ana", "email": "ana@demo.example", "role": "worker"}]'
    )
    server = make_server(
        "127.0.0.1", port, create_provider(provider), threaded=True, request_handler=Silent
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield provider
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_whole_way_through_the_demo_provider(
    furnished, settings, clock, database, network, demo
):
    actor = network.person("other")
    network.connection.execute(
        "INSERT INTO identities VALUES (%s, 's1', %s)", (demo.issuer, actor.id)
    )
    demonstrating = replace(settings, oidc_issuer=demo.issuer)
    client = furnished(demonstrating, clock=clock, database=database).app.test_client()
    question = client.get("/auth/login?next=/api/docs").headers["Location"]
    with requests.Session() as browser:
        page = browser.get(question, timeout=10)
        proof = re.search(r'name="proof" value="([^"]+)"', page.text)[1]
        form = {"subject": "s1", "proof": proof}
        back = browser.post(question, data=form, allow_redirects=False, timeout=10)
    answer = client.get(back.headers["Location"].removeprefix("http://localhost"))
    assert answer.status_code == 200
    assert "url=/api/docs" in answer.text
    assert client.get("/api/v1/me").json["id"] == str(actor.id)
