"""J1 (2) "uploads the letter", J4 (3) "uploaded twice by a phone with poor network: stored once",
and who may open what afterwards (F25).
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.files import image, pdf
from tests.journeys.steps import consent, join, open_shared_case, org
from tests.once.beginnings import beginning
from tests.people import Network

LETTER = {"category": "procedure", "kind": "court_letter", "title": "Convocation du 31 mars"}
REPORT = {"category": "health", "kind": "medical", "title": "Marker-51ab visit report"}


@pytest.fixture
@beginning
def case(network: Network):
    """Open to CPAS-N (procedure), the specialist (health) and the liaison (procedure)."""
    case = open_shared_case(network)
    to = {"recipient_kind": "organisation", "recipient_id": org(network, "specialist")}
    case["health_consent"] = consent(network, case, to, ["health"])
    join(network, case, "rw2", "generalist")
    join(network, case, "specialist", "specialist")
    return case


def documents_of(case) -> str:
    return f"/api/v1/cases/{case['id']}/documents"


def clean(network: Network) -> None:
    """What the scanner would say of everything so far."""
    network.database.execute("UPDATE document_versions SET scan_state = 'clean'")


def kept(network: Network) -> list:
    return [p for p in network.runtime.documents._kept.glob("*/*")]


def test_the_reference_worker_uploads_the_letter(network, case):
    letter = pdf()
    sent = network["rw1"].upload(
        documents_of(case), "Lettre du greffe é.pdf", letter, dated_on="2026-02-17", **LETTER
    )
    document = sent.json()
    assert document["scan_state"] == "quarantined"
    assert (document["number"], document["media_type"]) == (1, "application/pdf")
    assert (document["organisation"], document["dated_on"]) == ("ULN", "2026-02-17")
    assert sent.headers["Location"] == f"/api/v1/documents/{document['id']}"
    assert network["rw1"].get(documents_of(case))["items"] == [document]
    assert network["rw1"].get(sent.headers["Location"]) == document
    content = f"/api/v1/documents/{document['id']}/content"
    refused = network["rw1"].call("GET", content, status=409)
    assert refused.json()["code"] == "document-not-scanned-yet"
    clean(network)
    for who in ("rw1", "rw2"):
        answer = network[who].call("GET", content, status=200)
        assert answer.content == letter
        assert answer.headers["Content-Disposition"] == (
            'attachment; filename="Lettre_du_greffe_e.pdf";'
            " filename*=UTF-8''Lettre%20du%20greffe%20%C3%A9.pdf"
        )
        assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
    reads = "SELECT actor_id, what FROM read_entries ORDER BY seq DESC LIMIT 1"
    who, what = network.rows(reads)[0]
    assert (str(who), what) == (network["rw2"].id, f"document-content:{document['id']}:1")


def test_a_part_of_a_file_is_not_given(network, case):
    document = network["rw1"].upload(documents_of(case), "a.pdf", pdf(), **LETTER).json()
    clean(network)
    content = f"/api/v1/documents/{document['id']}/content"
    assert network["rw1"].call("GET", content, status=416, Range="bytes=0-9").json()["code"]


def test_documents_follow_their_category(network, case):
    upload = network["specialist"].upload(documents_of(case), "r.txt", b"He sleeps badly", **REPORT)
    report = upload.json()["id"]
    clean(network)
    for who in ("specialist", "rw1"):
        assert network[who].get(documents_of(case))["items"][0]["id"] == report
        network[who].call("GET", f"/api/v1/documents/{report}/content", status=200)
    assert network["rw2"].get(documents_of(case)) == {"items": []}
    for path in ("", "/content", "/versions", "/versions/1/content"):
        for stranger in ("rw2", "liaison", "colleague"):
            hidden = network[stranger].call("GET", f"/api/v1/documents/{report}{path}", status=404)
            assert "Marker-51ab" not in hidden.text
    network["rw2"].upload(documents_of(case), "r.txt", b"x", status=403, **REPORT)
    added = network["rw2"].upload(f"/api/v1/documents/{report}/versions", "r.txt", b"x", status=404)
    assert added.json()["code"] == "not-found"


def test_the_liaison_sees_no_document(network, case):
    document = network["rw1"].upload(documents_of(case), "a.pdf", pdf(), **LETTER).json()
    clean(network)
    granted = "INSERT INTO access_grants (case_id, principal_id, basis, category_mask, valid_from,"
    granted += " valid_until) VALUES (%s, %s, 'liaison', 5, '2020-01-01', 'infinity')"
    network.database.execute(granted, (case["id"], network["liaison"].id))
    network["liaison"].call("GET", f"/api/v1/documents/{document['id']}/content", status=404)
    network["liaison"].call("GET", documents_of(case), status=404)
    network["liaison"].upload(documents_of(case), "a.pdf", pdf(), status=403, **LETTER)


def test_a_double_upload_over_a_poor_network_is_stored_once(network, case):
    photo = image(size=(300, 200))
    specialist = network["specialist"]

    def send(_: int):
        return specialist.upload(documents_of(case), "report.jpg", photo, **REPORT)

    with ThreadPoolExecutor(4) as phones:
        answers = list(phones.map(send, range(4)))
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    assert len(specialist.get(documents_of(case))["items"]) == 1
    assert network.rows("SELECT count(*) FROM document_versions") == [(1,)]
    assert len(kept(network)) == 1


def test_a_repeated_key_gives_the_first_answer(network, case):
    key = {"Idempotency-Key": "visit-14:05"}
    once = network["specialist"].upload(documents_of(case), "r.txt", b"one", headers=key, **REPORT)
    again = network["specialist"].upload(documents_of(case), "r.txt", b"one", headers=key, **REPORT)
    assert again.json() == once.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    other = network["specialist"].upload(
        documents_of(case), "r.txt", b"two", headers=key, status=422, **REPORT
    )
    assert other.json()["code"] == "idempotency-key-reused"
    assert len(kept(network)) == 1


def test_after_a_day_or_by_somebody_else_it_is_another_document(network, case):
    first = network["rw1"].upload(documents_of(case), "a.pdf", pdf(), **LETTER).json()
    other = network["rw2"].upload(documents_of(case), "a.pdf", pdf(), **LETTER).json()
    network.clock.advance(hours=24)
    later = network["rw1"].upload(documents_of(case), "a.pdf", pdf(), **LETTER).json()
    assert len({first["id"], other["id"], later["id"]}) == 3


def test_versions_are_added_and_stay(network, case):
    first = network["rw1"].upload(documents_of(case), "id.txt", b"one", **LETTER).json()
    path = f"/api/v1/documents/{first['id']}/versions"
    second = network["rw2"].upload(path, "id2.txt", b"two", expires_on="2031-01-01").json()
    assert (second["id"], second["number"], second["title"]) == (first["id"], 2, first["title"])
    again = network["rw2"].upload(path, "id2.txt", b"two")
    assert (again.json()["number"], again.headers["Idempotency-Replayed"]) == (2, "true")
    assert network["rw1"].get(path)["items"] == [second, first]
    assert network["rw1"].get(documents_of(case))["items"] == [second]
    clean(network)
    base = f"/api/v1/documents/{first['id']}"
    assert network["rw1"].call("GET", f"{base}/content").content == b"two"
    assert network["rw1"].call("GET", f"{base}/versions/1/content").content == b"one"
    network["rw1"].call("GET", f"{base}/versions/3/content", status=404)


def test_a_withdrawal_closes_documents_at_once(network, case):
    document = network["specialist"].upload(documents_of(case), "r.txt", b"one", **REPORT).json()
    clean(network)
    path = f"/api/v1/documents/{document['id']}/content"
    network["specialist"].call("GET", path, status=200)
    consent_path = f"/api/v1/cases/{case['id']}/consents/{case['health_consent']['id']}"
    network["rw1"].post(f"{consent_path}/withdrawal", status=200, If_Match='"v1"')
    network["specialist"].call("GET", path, status=404)
    network["specialist"].upload(documents_of(case), "r.txt", b"one", status=404, **REPORT)


def test_lists_come_in_pages(network, case):
    for number in range(3):
        network.clock.advance(minutes=1)
        network["rw1"].upload(documents_of(case), "n.txt", b"%d" % number, **LETTER)
    first = network["rw1"].call("GET", f"{documents_of(case)}?limit=2", status=200)
    following = first.headers["Link"].split(">")[0].lstrip("<")
    second = network["rw1"].call("GET", following, status=200)
    assert [len(first.json()["items"]), len(second.json()["items"])] == [2, 1]
    assert "Link" not in second.headers


def test_a_gigabyte_a_day_is_enough(network, case):
    network["rw1"].upload(documents_of(case), "n.txt", b"0", **LETTER)
    network.database.execute("UPDATE upload_allowances SET bytes = 999999999")
    network["rw1"].upload(documents_of(case), "n.txt", b"1", **LETTER)
    full = network["rw1"].upload(documents_of(case), "n.txt", b"2", status=429, **LETTER)
    assert full.json()["code"] == "upload-allowance-used"
    assert len(kept(network)) == 2
    network["rw2"].upload(documents_of(case), "n.txt", b"2", **LETTER)
    network.clock.advance(days=1)
    network["rw1"].upload(documents_of(case), "n.txt", b"2", **LETTER)


def test_unscanned_is_served_only_where_the_operator_says_so(
    network, case, furnished, settings, database
):
    document = network["rw1"].upload(documents_of(case), "n.txt", b"one", **LETTER).json()
    base = f"/api/v1/documents/{document['id']}"
    open_handed = replace(settings, serve_unscanned=True)
    client = furnished(open_handed, clock=network.clock, database=database).app.test_client()
    bearer = {"Authorization": f"Bearer {network['rw1'].issuer.token(sub='rw1')}"}
    assert client.get(base, headers=bearer).json["scan_state"] == "unscanned"
    with client.get(f"{base}/content", headers=bearer) as answer:
        assert answer.data == b"one"
    assert "served unscanned" in client.get("/", headers={"Accept-Language": "en"}).text
    network["rw1"].call("GET", f"{base}/content", status=409)
    network.database.execute("UPDATE document_versions SET scan_state = 'infected'")
    assert client.get(f"{base}/content", headers=bearer).status_code == 403


def test_a_key_cannot_be_probed_for_anothers_document(network, case):
    network["specialist"].upload(documents_of(case), "r.txt", b"same bytes", **REPORT)
    theirs = network["rw2"].upload(documents_of(case), "r.txt", b"same bytes", **LETTER)
    assert "Idempotency-Replayed" not in theirs.headers
