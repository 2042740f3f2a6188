"""F20 on paper: what one adult may be told, printed by the reference worker, and nothing else."""

from datetime import date
from io import BytesIO
from uuid import uuid4

import pytest
from pypdf import PdfReader

from services.shared.words.catalogue import day_in_words
from tests.cases.plans.test_plan import action, adult, close, goal, put, says
from tests.household import adult as session_of
from tests.household import text_of
from tests.journeys.steps import consent, join, mails_about, note, open_shared_case, set_hearing
from tests.once.beginnings import beginning


@pytest.fixture
@beginning
def case(network):
    """Two adults; each has a goal in confidence, with a specialist who helps the second."""
    case = open_shared_case(network)
    person = {"role": "adult", "pseudonym": "Second", "family_name": "Marker-name-two"}
    case["second"] = network["rw1"].post(f"/api/v1/cases/{case['id']}/members", person)["id"]
    set_hearing(network, case, "2026-04-21T09:00:00+02:00")
    place = join(network, case, "rw2", "generalist")
    assert place
    home = goal(network, case, words="Rester ici – “chez nous”")
    steps = [
        action(network, case, home, owner_id=network["rw2"].id, due_on="2026-04-01"),
        action(network, case, home, what='Garder les reçus #read("/etc/passwd")'),
    ]
    says(network, case, steps[0], "objected", "Marker-second-objects", member=case["second"])
    says(network, case, steps[1], "cosigned")
    put(network, case, steps[1], {"what": "Garder tous les reçus"})
    close(network, case, steps[0], "drop", {"reason": "Trop cher"})
    goal(
        network,
        case,
        category="family",
        words="Marker-leave-him",
        confidential_to=case["second"],
        member_id=case["second"],
    )
    ill = goal(network, case, category="health", words="Marker-my-health", member_id=adult(case))
    action(network, case, ill, category="health", what="Marker-my-doctor")
    goal(network, case, category="violence", words="Marker-nobodys-violence")
    note(network, case, "rw1", "Marker-shared-note")
    note(network, case, "rw1", "Marker-violence-note", category="violence")
    to = {"recipient_kind": "person", "recipient_id": network["specialist"].id}
    consent(network, case, to, ["violence"])
    network["rw2"].get(f"/api/v1/cases/{case['id']}")
    network.clock.advance(minutes=1)
    return case


def printed(network, case, member, what="household-sheet", *, who="rw1", **args):
    query = "".join(f"&{name}={value}" for name, value in args.items())
    path = f"/api/v1/cases/{case['id']}/{what}?member={member}{query}"
    answer = network[who].call("GET", path, status=200)
    reader = PdfReader(BytesIO(answer.content))
    return answer, reader, text_of(answer.content)


def test_an_adult_reads_their_plan_their_team_and_who_read(network, case):
    answer, reader, text = printed(network, case, adult(case))
    assert answer.headers["Content-Type"] == "application/pdf"
    disposition = answer.headers["Content-Disposition"]
    assert f'filename="{case["code"]}.pdf"' in disposition
    assert reader.root_object["/Lang"] == "fr"
    assert reader.metadata.title == f"Votre dossier {case['code']}"
    for said in (
        "Rester ici – “chez nous”",
        "Garder tous les reçus",
        "a changé : à signer à nouveau",
        "abandonné : Trop cher",
        "Ward Raes (CPAS-N)",
        "Audience devant le juge de paix le 21 avril 2026 à 09:00.",
        "Rosa Willems (ULN)",
        "est votre intervenant de référence",
        "CPAS-N peut lire : identité, logement et loyer, procédure devant le juge.",
        "Qui a lu votre dossier",
        "Marker-my-health",
        "Marker-my-doctor",
    ):
        assert said in text, said
    assert day_in_words(date(2026, 4, 1), "fr") in text


def test_nothing_of_the_other_adult_is_on_it(network, case):
    hidden = {"Marker-leave-him", "Marker-second-objects", "Marker-name-two"}
    hidden |= {"Marker-nobodys-violence", "Marker-violence-note", "Sylvie"}
    for what in ("household-sheet", "household-copy"):
        text = printed(network, case, adult(case), what)[2]
        assert [each for each in hidden if each in text] == []
    second = printed(network, case, case["second"])[2]
    assert "Marker-leave-him" in second
    assert "vous n’êtes pas d’accord" not in second.split("Garder tous les reçus")[1][:40]
    for each in ("Marker-my-health", "Marker-my-doctor", "Marker-nobodys-violence"):
        assert each not in second


def test_the_copy_also_holds_what_is_written(network, case):
    _, reader, text = printed(network, case, adult(case), "household-copy", language="nl")
    assert reader.root_object["/Lang"] == "nl"
    assert reader.metadata.title == f"Kopie van uw dossier {case['code']}"
    assert "Marker-shared-note" in text
    assert "Marker-shared-note" not in printed(network, case, adult(case))[2]


def test_printing_is_the_reference_workers_logged_and_in_the_history(network, case):
    path = f"/api/v1/cases/{case['id']}/household-sheet?member="
    for who, status in (("rw2", 403), ("specialist", 404), ("liaison", 403), ("coordinator", 404)):
        network[who].call("GET", path + adult(case), status=status)
    child = next(m["id"] for m in case["household"]["members"] if m["role"] == "child")
    network["rw1"].call("GET", path + child, status=422)
    other = open_shared_case(network)
    network["rw1"].call("GET", path + adult(other), status=404)
    network["rw1"].call("GET", path.split("?", maxsplit=1)[0], status=422)
    printed(network, case, adult(case))
    log = f"/api/v1/cases/{case['id']}/access-log"
    whats = [each["what"] for each in network["rw1"].get(log)["items"]]
    assert f"household-copy:{adult(case)}" in whats
    history = network["rw1"].get(f"/api/v1/cases/{case['id']}/history")["items"]
    (entry,) = [each for each in history if each["action"] == "print_for_member"]
    assert entry["subject_id"] == adult(case)
    assert entry["after"] == {"whole": False, "language": "fr"}
    assert "Marker" not in str(history)
    network.work()
    assert len(mails_about(network, "rw1", "Objection au plan")) == 1


def test_they_print_it_by_themselves(network, case):
    person = session_of(network, case, adult(case))
    for what, title in (("/sheet.pdf", "Votre dossier"), ("/copy.pdf", "Copie de votre dossier")):
        answer = person.call("GET", what, status=200)
        assert answer.headers["Content-Type"] == "application/pdf"
        disposition = answer.headers["Content-Disposition"]
        assert disposition.startswith("attachment")
        assert f'filename="{case["code"]}.pdf"' in disposition
        text = text_of(answer.content)
        assert f"{title} {case['code']}" in text
        assert "Imprimé" not in text
        for said in ("Marker-my-health", "Marker-my-doctor", "Rosa Willems (ULN)"):
            assert said in text, said
        for hidden in ("leave-him", "second-objects", "name-two", "nobodys", "violence-note"):
            assert f"Marker-{hidden}" not in text
    assert "Marker-shared-note" in text
    dutch = text_of(person.call("GET", "/copy.pdf?language=nl", status=200).content)
    assert f"Kopie van uw dossier {case['code']}" in dutch
    # Nothing that says whose file it is leaves in a name, and no other door opens to it.
    network["rw1"].call("GET", "/api/v1/household/copy.pdf", status=401)
    person.call("GET", "/copy.pdf", status=416, Range="bytes=0-9")
    # What one prints is not told to others as a read.
    whats = {each["what"] for each in person.get("/reads")["items"]}
    assert "household-copy" not in whats


def as_often_again(network, times):
    """As if who just tried something had tried it so often more."""
    copied = (
        "INSERT INTO attempts (id, actor_id, what, at) SELECT gen_random_uuid(), actor_id, what, at"
        " FROM (SELECT * FROM attempts ORDER BY at DESC LIMIT 1) last, generate_series(1, %s)"
    )
    network.database.execute(copied, (times,))


def test_printing_is_limited_for_each_person(network, case):
    first, second = (session_of(network, case, who) for who in (adult(case), case["second"]))
    first.call("GET", "/sheet.pdf", status=200)
    as_often_again(network, 8)
    first.call("GET", "/sheet.pdf", status=200)
    answer = first.call("GET", "/sheet.pdf", status=429)
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    assert answer.json()["code"] == "too-many-requests"
    second.call("GET", "/sheet.pdf", status=200)
    # For the reference worker: thirty, whatever comes of them.
    path = f"/api/v1/cases/{case['id']}/household-sheet?member="
    network.clock.advance(seconds=1)
    network["rw1"].call("GET", path + str(uuid4()), status=404)
    as_often_again(network, 28)
    network["rw1"].call("GET", path + str(uuid4()), status=404)
    network["rw1"].call("GET", path + adult(case), status=429)
    network.clock.advance(hours=1)
    printed(network, case, adult(case))
