"""F26, J1: the defence bundle from the checklist to the frozen file that the court can check."""

import hashlib
import os
from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from case_api.app import create_app
from tests.files import image, pdf
from tests.journeys.steps import consent, join, open_shared_case, org, set_hearing
from tests.once.beginnings import beginning
from tests.outside.serving import served
from tests.people import Network
from tests.sheets.test_render import kinds
from workers.chores.scanning import sweep_orphans

HOSTILE = '#read("/etc/passwd") $x$ *b* ]#panic() "); <svg onload=x> Marker-words'


@pytest.fixture
@beginning
def case(network: Network):
    """Procedure open to CPAS-N, health to the specialist, both to nobody else."""
    case = open_shared_case(network)
    to = {"recipient_kind": "organisation", "recipient_id": org(network, "specialist")}
    case["health_consent"] = consent(network, case, to, ["procedure", "health"])
    join(network, case, "rw2", "generalist")
    join(network, case, "specialist", "specialist")
    procedure = set_hearing(network, case, "2026-04-21T09:00:00+02:00")
    case["procedure"] = f"/api/v1/procedures/{procedure['id']}"
    act = {"kind": "petition", "acted_on": "2026-02-10", "received_on": "2026-02-12"}
    network["rw1"].post(f"{case['procedure']}/acts", act)
    return case


def put(network, case, name, content, *, category="tenancy", title="Bail", who="rw1", **more):
    kind = {"category": category, "kind": "other", "title": title, **more}
    made = network[who].upload(f"/api/v1/cases/{case['id']}/documents", name, content, **kind)
    return made.json()


def clean(network):
    network.database.execute("UPDATE document_versions SET scan_state = 'clean'")


def tick(network, case, item, document=None, *, who="rw1", status=201, number=1, **more):
    body = {"item": item, "state": "not_applicable", **more}
    if document is not None:
        body |= {"state": "present", "document_id": document["id"], "number": number}
    return network[who].post(f"{case['procedure']}/bundle-ticks", body, status=status)


def line(checklist, item):
    return next(each for each in checklist["items"] if each["item"] == item)


def freeze(network, case, language="fr", *, who="rw1", status=201, words="Bonjour.", **more):
    body = {"language": language, "words": words, **more}
    return network[who].post(f"{case['procedure']}/bundles", body, status=status)


def download(network, bundle, who="rw1", *, status=200):
    return network[who].call("GET", f"/api/v1/bundles/{bundle['id']}/content", status=status)


def read(content):
    reader = PdfReader(BytesIO(content))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    return reader, text.replace("\u200b", "")


def filled(network, case):
    """The lease as a PDF, a photograph of a payment proof, no payment plan."""
    lease = put(network, case, "bail.pdf", pdf(), dated_on="2021-05-01")
    proof = put(network, case, "preuve.png", image("PNG", (300, 200)), title="Loyer de janvier")
    clean(network)
    tick(network, case, "payment_proofs", proof)
    tick(network, case, "lease", lease)
    tick(network, case, "payment_plan", reason="Aucun arriéré")
    return lease, proof


def test_the_checklist_says_what_is_missing_and_who_ticked(network, case):
    path = f"{case['procedure']}/bundle-checklist"
    empty = network["rw1"].get(path)
    assert {each["state"] for each in empty["items"]} == {"missing"}
    assert line(empty, "lease")["names"]["nl"].startswith("Huurovereenkomst")
    assert "occupation" not in {each["item"] for each in empty["items"]}
    lease, _ = filled(network, case)
    ticked = network["rw2"].get(path)
    assert line(ticked, "lease")["state"] == "present"
    (one,) = line(ticked, "lease")["ticks"]
    assert (one["document_id"], one["number"], one["title"]) == (lease["id"], 1, "Bail")
    assert one["ticked_by"] == network["rw1"].id
    (none,) = line(ticked, "payment_plan")["ticks"]
    assert (line(ticked, "payment_plan")["state"], none["reason"]) == (
        "not_applicable",
        "Aucun arriéré",
    )
    after = network["rw2"].post(f"/api/v1/bundle-ticks/{none['id']}/removal", status=200)
    assert line(after, "payment_plan")["state"] == "missing"
    again = network["rw2"].post(f"/api/v1/bundle-ticks/{none['id']}/removal", status=409)
    assert again["code"] == "bundle-tick-undone"


def test_a_tick_needs_its_piece_or_its_reason(network, case):
    document = put(network, case, "a.txt", b"a")
    assert tick(network, case, "lease", status=422)["code"] == "bundle-tick-incomplete"
    both = tick(network, case, "lease", document, reason="R", status=422)
    assert both["code"] == "bundle-tick-incomplete"
    other = tick(network, case, "occupation", document, status=422)
    assert other["code"] == "bundle-item-not-of-this-regime"
    tick(network, case, "nonsense", document, status=422)
    tick(network, case, "lease", document, number=2, status=404)
    elsewhere = open_shared_case(network)
    tick(network, case, "lease", put(network, elsewhere, "b.txt", b"b"), status=404)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "fr",
            (
                "Lettre d’accompagnement",
                "Justice de paix du canton de Schaerbeek 1",
                "Numéro de rôle : 26A100",
                "Audience du mardi 21 avril 2026 à 9h00.",
                "1. Bail et preuve d’enregistrement: Bail",
                "2. Preuves de paiement: Loyer de janvier",
                "Inventaire des pièces",
                "requête",
                "mardi 10 février 2026",
                "Délais et base légale",
                "Pièce 2 – Loyer de janvier",
            ),
        ),
        (
            "nl",
            (
                "Begeleidende brief",
                "Vredegerecht van het kanton Schaarbeek 1",
                "Rolnummer: 26A100",
                "Zitting van dinsdag 21 april 2026 om 9.00 uur.",
                "2. Betaalbewijzen: Loyer de janvier",
                "Inventaris van de stukken",
                "verzoekschrift",
                "Termijnen en wettelijke grondslag",
            ),
        ),
    ],
)
def test_frozen_it_is_one_tagged_pdf_that_can_be_verified(network, case, language, said):
    lease, proof = filled(network, case)
    bundle = freeze(network, case, language, words=f"Premier point.\nSecond. {HOSTILE}")
    answer = download(network, bundle)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert hashlib.sha256(answer.content).hexdigest() == bundle["sha256"]
    assert (len(answer.content), bundle["language"]) == (bundle["size"], language)
    reader, text = read(answer.content)
    for each in (*said, HOSTILE.replace(" ", "")):
        assert each.replace(" ", "") in text.replace(" ", ""), each
    assert "root:" not in text
    assert reader.root_object["/Lang"] == language
    assert reader.root_object["/MarkInfo"]["/Marked"] == True  # noqa: E712
    assert reader.xmp_metadata.stream.get_data().count(b"pdfuaid:part") >= 1
    assert {"/H1", "/P", "/L", "/Table", "/TH", "/TD", "/Figure"} <= set(kinds(reader))
    assert len(reader.pages) >= 2
    first, second = bundle["pieces"]
    assert (first["document_id"], first["embedded"]) == (lease["id"], False)
    assert (second["document_id"], second["embedded"]) == (proof["id"], True)
    for piece in bundle["pieces"]:
        path = f"/api/v1/documents/{piece['document_id']}/versions/{piece['number']}/content"
        served = network["rw1"].call("GET", path, status=200).content
        assert hashlib.sha256(served).hexdigest() == piece["sha256"]
        assert piece["sha256"] in text.replace(" ", "")
        assert len(served) == piece["size"]
    (picture,) = [each for page in reader.pages for each in page.images]
    assert picture.image.size == (300, 200)


def test_names_stand_in_it_only_when_asked_for(network, case):
    person = {"role": "adult", "pseudonym": "P", "family_name": "Marker-name"}
    network["rw1"].post(f"/api/v1/cases/{case['id']}/members", person)
    plain, named = freeze(network, case), freeze(network, case, with_names=True)
    assert "Marker-name" not in read(download(network, plain).content)[1]
    assert "Concerne : Marker-name" in read(download(network, named).content)[1]
    assert (plain["categories"], named["categories"]) == (["procedure"], ["identity", "procedure"])
    network["specialist"].get(f"/api/v1/bundles/{plain['id']}")
    network["specialist"].get(f"/api/v1/bundles/{named['id']}", status=404)
    assert freeze(network, case, who="specialist", with_names=True, status=403)


def test_downloads_are_logged_and_listed(network, case):
    filled(network, case)
    bundle = freeze(network, case)
    assert bundle["downloads"] == []
    network.clock.advance(minutes=1)
    download(network, bundle, "rw2")
    network.clock.advance(minutes=1)
    download(network, bundle)
    seen = network["rw1"].get(f"/api/v1/bundles/{bundle['id']}")
    assert [(each["name"], each["organisation"]) for each in seen["downloads"]] == [
        ("Ward Raes", "CPAS-N"),
        ("Rosa Willems", "ULN"),
    ]
    assert seen | {"downloads": []} == bundle
    assert network["rw1"].get(f"{case['procedure']}/bundles")["items"] == [seen]
    log = network["rw1"].get(f"/api/v1/cases/{case['id']}/access-log")["items"]
    assert f"bundle-content:{bundle['id']}" in [each["what"] for each in log]
    history = network["rw1"].get(f"/api/v1/cases/{case['id']}/history")["items"]
    (frozen,) = [each for each in history if each["action"] == "freeze_bundle"]
    assert (frozen["after"]["sha256"], frozen["after"]["pieces"]) == (bundle["sha256"], 2)
    assert "Bonjour" not in str(history)


def test_what_is_frozen_stays_and_freezing_again_is_another_bundle(network, case):
    lease, _ = filled(network, case)
    first = freeze(network, case)
    content = download(network, first).content
    network.clock.advance(minutes=1)
    path = f"/api/v1/documents/{lease['id']}/versions"
    network["rw1"].upload(path, "bail2.txt", b"Second lease")
    clean(network)
    kept = line(network["rw1"].get(f"{case['procedure']}/bundle-checklist"), "lease")["ticks"][0]
    assert (kept["number"], kept["latest"]) == (1, 2)
    ticked = tick(network, case, "lease", lease, number=2)
    assert [each["number"] for each in line(ticked, "lease")["ticks"]] == [2]
    second = freeze(network, case, "nl")
    assert download(network, first).content == content
    unchanged = network["rw1"].get(f"/api/v1/bundles/{first['id']}")
    assert unchanged["pieces"] == first["pieces"]
    assert second["pieces"][0]["sha256"] == hashlib.sha256(b"Second lease").hexdigest()
    both = network["rw1"].get(f"{case['procedure']}/bundles")["items"]
    assert [each["id"] for each in both] == [second["id"], first["id"]]


def test_only_what_was_found_clean_is_frozen(network, case):
    document = put(network, case, "a.txt", b"a")
    tick(network, case, "other", document)
    assert freeze(network, case, status=409)["code"] == "bundle-piece-not-clean"
    network.database.execute("UPDATE document_versions SET scan_state = 'infected'")
    assert freeze(network, case, status=409)["code"] == "bundle-piece-not-clean"
    assert tick(network, case, "other", document, status=409)["code"] == "bundle-piece-not-clean"
    assert network["rw1"].get(f"{case['procedure']}/bundles") == {"items": []}


def test_what_is_served_unscanned_is_listed_ticked_and_frozen_alike(
    network, case, settings, database
):
    open_handed = replace(settings, serve_unscanned=True)
    app = create_app(open_handed, clock=network.clock, database=database)
    with served(app) as port:
        person = replace(network["rw1"], base=f"http://127.0.0.1:{port}")
        house = replace(network, people={"rw1": person})
        document = put(house, case, "a.txt", b"a")
        (one,) = line(tick(house, case, "other", document), "other")["ticks"]
        (listed,) = person.get(f"/api/v1/cases/{case['id']}/documents")["items"]
        assert (document["scan_state"], listed["scan_state"]) == ("unscanned", "unscanned")
        assert one["scan_state"] == "unscanned"
        person.call("GET", f"/api/v1/documents/{document['id']}/content", status=200)
        wanted = {"language": "fr", "words": "Bonjour."}
        previewed = person.post(f"{case['procedure']}/bundle-previews", wanted, status=200)
        assert line(previewed["checklist"], "other")["ticks"] == [one]
        bundle = freeze(house, case)
        assert [each["document_id"] for each in bundle["pieces"]] == [document["id"]]
        assert document["original_name"] in read(download(house, bundle).content)[1]
        network.database.execute("UPDATE document_versions SET scan_state = 'infected'")
        assert freeze(house, case, status=409)["code"] == "bundle-piece-not-clean"


def test_a_bundle_is_hidden_from_whoever_may_not_read_one_of_its_pieces(network, case):
    report = put(network, case, "r.txt", b"ill", category="health", title="Marker-report")
    clean(network)
    tick(network, case, "medical", report)
    assert (
        line(network["rw2"].get(f"{case['procedure']}/bundle-checklist"), "medical")["ticks"] == []
    )
    tick(network, case, "medical", report, who="rw2", status=404)
    bundle = freeze(network, case)
    assert bundle["categories"] == ["procedure", "health"]
    download(network, bundle, "specialist")
    for who in ("rw2", "liaison", "colleague", "coordinator"):
        for path in ("", "/content"):
            hidden = network[who].call("GET", f"/api/v1/bundles/{bundle['id']}{path}", status=404)
            assert "Marker-report" not in hidden.text
    assert network["rw2"].get(f"{case['procedure']}/bundles") == {"items": []}
    network["liaison"].get(f"{case['procedure']}/bundles", status=404)
    network["liaison"].get(f"{case['procedure']}/bundle-checklist", status=404)
    tick(network, case, "legal_aid", who="liaison", reason="R", status=403)
    freeze(network, case, who="liaison", status=403)
    open_to_all = freeze(network, case, leave_out=["health"])
    assert open_to_all["pieces"] == []
    download(network, open_to_all, "rw2")
    theirs = freeze(network, case, who="rw2")
    assert (theirs["pieces"], theirs["categories"]) == ([], ["procedure"])


def test_a_withdrawal_closes_the_bundle_at_once(network, case):
    report = put(network, case, "r.txt", b"ill", category="health", title="R")
    clean(network)
    tick(network, case, "medical", report)
    bundle = freeze(network, case)
    download(network, bundle, "specialist")
    path = f"/api/v1/cases/{case['id']}/consents/{case['health_consent']['id']}/withdrawal"
    network["rw1"].post(path, status=200, If_Match='"v1"')
    download(network, bundle, "specialist", status=404)
    network["specialist"].get(f"/api/v1/bundles/{bundle['id']}", status=404)
    network["specialist"].get(f"{case['procedure']}/bundles", status=404)
    download(network, bundle)


def test_whom_the_household_refuses_loses_it_too(network, case):
    bundle = freeze(network, case)
    download(network, bundle, "rw2")
    refused = {"professional_id": network["rw2"].id, "reason": "R"}
    network["rw1"].post(f"/api/v1/cases/{case['id']}/exclusions", refused)
    download(network, bundle, "rw2", status=404)


def test_its_file_is_closed_under_the_key_of_the_case_and_kept(network, case):
    bundle = freeze(network, case)
    (name,) = network.rows("SELECT stored_name FROM defence_bundles")[0]
    path = network.runtime.documents._path(name)
    assert b"%PDF" not in path.read_bytes()
    orphan = path.with_name(path.name[:2] + "0" * 30)
    orphan.touch()
    for each in (path, orphan):
        os.utime(each, (0, 0))
    with network.runtime.transaction() as uow:
        assert sweep_orphans(network.runtime.documents, uow=uow) == 1
    assert hashlib.sha256(download(network, bundle).content).hexdigest() == bundle["sha256"]


@pytest.mark.parametrize(("language", "greeting"), [("fr", "Bonjour."), ("nl", "Dag.")])
def test_the_letter_is_shown_before_it_is_frozen_and_nothing_is_kept(
    network, case, language, greeting
):
    body = {"language": language, "words": greeting}
    before = network.rows("SELECT count(*) FROM audit_entries")
    seen = network["rw1"].post(f"{case['procedure']}/bundle-previews", body, status=200)
    assert seen["language"] == language
    assert greeting in seen["letter"]
    assert seen["checklist"] == network["rw1"].get(f"{case['procedure']}/bundle-checklist")
    assert network["rw1"].get(f"{case['procedure']}/bundles")["items"] == []
    assert network.rows("SELECT count(*) FROM audit_entries") == before
    assert network.rows("SELECT count(*) FROM read_entries WHERE what = 'bundle-preview'") == [(1,)]
    frozen = freeze(network, case, language, words=greeting)
    _, printed = read(download(network, frozen).content)
    assert [line for line in seen["letter"] if line not in printed] == []
    network["liaison"].post(f"{case['procedure']}/bundle-previews", body, status=403)
    network["other_liaison"].post(f"{case['procedure']}/bundle-previews", body, status=404)
