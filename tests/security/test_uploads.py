"""Abuse case 17 (security.md): hostile files through HTTP, as a phone would send them."""

import io
import re
import secrets
from collections import Counter
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
import requests
from PIL import Image

from case_api.http.downloads import AccessWithdrawn, pieces
from infra.files.intake import receive
from infra.files.scanner import ClamAV
from infra.files.store import DocumentStore
from services.shared.vault.folders import MARK, mark
from tests.files import image, pdf
from tests.journeys.steps import consent, join, open_shared_case, org
from tests.outside.scanners import EICAR, clamd
from tests.people import Network
from tests.security.hostile import CANARY, SCRIPT, Fate, Hostile, corpus
from tests.slices import some, times

FIELDS = {"category": "procedure", "kind": "other", "title": "Something"}
ALLOWED = {"application/pdf", "image/jpeg", "image/png", "text/plain; charset=utf-8"}
MEMORY_LIMIT_MB = 300


@pytest.fixture
def case(network: Network):
    return open_shared_case(network)


def send(network: Network, case, item: Hostile) -> requests.Response:
    """Made by hand: no library would send these names."""
    boundary = secrets.token_hex(12).encode()
    parts = [
        b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        % (boundary, name.encode(), value.encode())
        for name, value in FIELDS.items()
    ]
    head = b'--%s\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n\r\n'
    parts.append(head % (boundary, item.name.replace(b"\\", b"\\\\")))
    body = b"".join([*parts, item.content, b"\r\n--%s--\r\n" % boundary])
    person = network["rw1"]
    return requests.post(
        f"{person.base}/api/v1/cases/{case['id']}/documents",
        data=body,
        headers={
            "Authorization": f"Bearer {person.issuer.token(sub='rw1')}",
            "Content-Type": f"multipart/form-data; boundary={boundary.decode()}",
        },
        timeout=60,
    )


def peak_mb() -> float:
    """The most memory this process (server and corpus in one) held since `forget_peak`."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def forget_peak() -> float:
    Path("/proc/self/clear_refs").write_text("5")
    return peak_mb()


def stored(network: Network) -> dict[str, bytes]:
    folder = network.runtime.documents._kept.parent
    return {p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != MARK}


def test_the_hostile_corpus(network, case, capsys):
    fates: Counter[Fate] = Counter()
    kept: dict[str, Hostile] = {}
    wrong: list[str] = []
    before = forget_peak()
    files = list(corpus())
    for item in some(files, 35, *[each for each in files if each.fate is Fate.INFECTED][:5]):
        fates[item.fate] += 1
        answer = send(network, case, item)
        if item.fate is Fate.REFUSED:
            if answer.status_code not in (400, 413, 422):
                wrong.append(f"{item.why}: {answer.status_code}")
        elif answer.status_code != 201:
            wrong.append(f"{item.why}: {answer.text}")
        else:
            kept[answer.json()["id"]] = item
    growth = peak_mb() - before
    assert wrong == [], "\n".join(wrong)
    assert fates.total() >= times(200, 35)
    assert len(stored(network)) == len(kept)
    served = [key for key in kept if content_of(network, key).status_code == 200]
    assert served == []
    scan_all(network)
    survivors = [item.why for key, item in kept.items() if not is_harmless(network, key, item)]
    assert survivors == []
    with capsys.disabled():
        print(
            f"\nhostile files: {fates.total()}, refused {fates[Fate.REFUSED]}, cleaned"
            f" {fates[Fate.CLEANED]}, blocked by the scanner {fates[Fate.INFECTED]}; served"
            f" unscanned {len(served)}, survivors {len(survivors)}; peak memory +{growth:.0f} MB"
        )
    assert growth < MEMORY_LIMIT_MB


def content_of(network: Network, document: str) -> requests.Response:
    return network["rw1"].call("GET", f"/api/v1/documents/{document}/content")


def scan_all(network: Network) -> None:
    waiting = "SELECT count(*) FROM document_versions WHERE scan_state = 'quarantined'"
    with clamd() as server:
        runtime = replace(network.runtime, scanner=ClamAV(server.url))
        network = replace(network, runtime=runtime)
        for _ in range(20):
            network.work()
            if network.rows(waiting) == [(0,)]:
                return
    raise AssertionError("the scanner did not come to an end")


def is_harmless(network: Network, document: str, item: Hostile) -> bool:
    answer = content_of(network, document)
    if item.fate is Fate.INFECTED:
        return answer.status_code == 403 and EICAR not in answer.content
    header = answer.headers["Content-Disposition"]
    return (
        answer.status_code == 200
        and answer.headers["Content-Type"] in ALLOWED
        and answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        and answer.headers["X-Content-Type-Options"] == "nosniff"
        and bool(re.fullmatch(r'attachment; filename="[A-Za-z0-9._-]+"; filename\*=\S+', header))
        and not any(bad in answer.content for bad in (CANARY, SCRIPT, EICAR, b"PK\x05\x06"))
        and not has_metadata(answer)
    )


def has_metadata(answer: requests.Response) -> bool:
    if not answer.headers["Content-Type"].startswith("image/"):
        return False
    with Image.open(io.BytesIO(answer.content)) as picture:
        picture.load()
        told = set(picture.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        return bool(told or dict(picture.getexif()) or getattr(picture, "n_frames", 1) != 1)


@pytest.mark.parametrize("what", some(["jpeg", "png", "text", "pdf"], 1, "pdf"))
def test_the_largest_we_accept_stays_within_memory(tmp_path, what):
    exif = Image.Exif()
    exif[0x0112] = 6
    name, content = largest(what, exif.tobytes())
    mark(tmp_path, UUID(int=1))
    before = forget_peak()
    received = receive(io.BytesIO(content), name, DocumentStore(tmp_path))
    growth = peak_mb() - before
    assert received.size > 0
    assert growth < MEMORY_LIMIT_MB, f"{what}: +{growth:.0f} MB"


def largest(what: str, exif: bytes) -> tuple[str, bytes]:
    """What costs most to take in, turned so that it must be copied."""
    side = (5000, 5000)
    match what:
        case "jpeg":
            return "a.jpg", image(size=side, progressive=True, subsampling=0, exif=exif)
        case "png":
            return "a.png", image("PNG", mode="RGBA", size=side, exif=exif, compress_level=1)
        case "text":
            return "a.txt", "é\U0001f4c4".encode() * 3_400_000
        case _:
            body = b"<< >>\nstream\n" + b"#4a" * 6_500_000 + b"\nendstream"
            return "a.pdf", pdf(body)


def test_a_turned_photo_stays_upright(network, case):
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = image(size=(40, 20), exif=exif.tobytes())
    sent = send(network, case, Hostile("", b"p.jpg", photo, Fate.CLEANED))
    network.database.execute("UPDATE document_versions SET scan_state = 'clean'")
    with Image.open(io.BytesIO(content_of(network, sent.json()["id"]).content)) as picture:
        assert picture.size == (20, 40)


def test_names_are_shown_and_never_a_path(network, case):
    item = Hostile("", b"../../etc/pass\xe2\x80\xaewd.txt", b"Hello", Fate.CLEANED)
    assert send(network, case, item).json()["original_name"] == "passwd.txt"
    (name,) = stored(network)
    assert re.fullmatch(r"[0-9a-f]{32}", name)


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ([], 422),
        ([("file", ("a.txt", b"1")), ("file", ("b.txt", b"2"))], 400),
        ([("file", ("a.txt", b"1")), ("more", ("b.txt", b"2"))], 422),
        ([("title", ("a.txt", b"1"))], 400),
        ([(f"f{n}", ("a.txt", b"1")) for n in range(20)], 413),
        ([("file", ("a.txt", b"1")), ("note", (None, b"x" * 600_000))], 413),
    ],
    ids=["none", "twice", "another", "as a field", "too many parts", "a long field"],
)
def test_forms_that_are_not_ours(network, case, files, status):
    person = network["rw1"]
    answer = requests.post(
        f"{person.base}/api/v1/cases/{case['id']}/documents",
        data=FIELDS,
        files=files or {"other": (None, b"x")},
        headers={"Authorization": f"Bearer {person.issuer.token(sub='rw1')}"},
        timeout=20,
    )
    assert answer.status_code == status, answer.text
    assert (answer.json()["code"] == "document-too-large") == (status == 413)
    assert stored(network) == {}


def test_only_uploads_may_be_long(network, case):
    long = {"category": "procedure", "body": "x" * 300_000}
    network["rw1"].call("POST", f"/api/v1/cases/{case['id']}/notes", long, status=413)
    path = f"/api/v1/cases/{case['id']}/documents"
    network["rw1"].call("POST", path, FIELDS, status=415)
    network["rw1"].upload(path, "n.txt", b"x" * 20_000_000, **FIELDS)


def test_what_is_refused_leaves_nothing(network, case):
    stranger = network["colleague"].upload(
        f"/api/v1/cases/{case['id']}/documents", "a.pdf", pdf(), status=404, **FIELDS
    )
    assert stranger.json()["code"] == "not-found"
    assert stored(network) == {}


def test_an_open_download_stops_after_a_withdrawal(network, case):
    """20 MB cannot hide in the sockets' buffers: the reader gets a part, then the line is cut."""
    to = {"recipient_kind": "organisation", "recipient_id": org(network, "specialist")}
    given = consent(network, case, to, ["health"])
    join(network, case, "specialist", "specialist")
    fields = {**FIELDS, "category": "health"}
    path = f"/api/v1/cases/{case['id']}/documents"
    document = network["rw1"].upload(path, "n.txt", b"x" * 20_000_000, **fields).json()
    network.database.execute("UPDATE document_versions SET scan_state = 'clean'")
    person = network["specialist"]
    opened = requests.get(
        f"{person.base}/api/v1/documents/{document['id']}/content",
        headers={"Authorization": f"Bearer {person.issuer.token(sub='specialist')}"},
        stream=True,
        timeout=20,
    )
    assert opened.status_code == 200
    received = [len(opened.raw.read(65536))]
    withdrawal = f"/api/v1/cases/{case['id']}/consents/{given['id']}/withdrawal"
    network["rw1"].post(withdrawal, status=200, If_Match='"v1"')
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        received.extend(len(piece) for piece in opened.iter_content(65536))
    assert 0 < sum(received) < document["size"]


def test_a_slow_download_is_asked_about_every_two_seconds():
    ticks = iter([0.0, 0.5, 1.9, 2.0, 2.0, 3.0, 4.1])
    answers = iter([True, False])
    asked = []

    def is_still_open() -> bool:
        asked.append(True)
        return next(answers)

    slow = pieces(io.BytesIO(b"x" * 65536 * 9), is_still_open, lambda: next(ticks))
    assert [len(next(slow)) for _ in range(4)] == [65536] * 4
    with pytest.raises(AccessWithdrawn):
        next(slow)
    assert len(asked) == 2
