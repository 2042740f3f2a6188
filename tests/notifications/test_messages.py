"""Every kind of alert has its words in every language, and no word that names a person."""

from datetime import UTC, date, datetime

import pytest
from jinja2 import meta

from notifications.catalogue import CATALOGUE, DIGEST_KIND
from notifications.dates import LANGUAGES, day_in_words, time_in_words
from notifications.rendering import (
    ALLOWED,
    ALLOWED_IN_DIGEST,
    DOUBTS,
    ENVIRONMENT,
    PARTS,
    TEMPLATES,
    Unrenderable,
    render,
    render_digest,
    template_name,
)
from notifications.short import NAMES, template_of

LINK = "https://maillage.example/alerts/1?a&b"
FACTS = {"hearing_at": "2027-03-08T08:30:00+00:00", "days_left": 7, "due_on": "2027-03-08"}
# Of an invitation: what its calendar part says.
FACTS |= {"uid": "00000000-0000-4000-8000-000000000001", "sequence": 0}
# Of a ballot: until when, and whether it was counted.
FACTS |= {"closes_at": "2027-03-07T11:00:00+00:00", "counted": 1}
# Of a rung: what nobody acknowledged, and as what one is told.
FACTS |= {"about": "evictions.hearing_approaching", "told_as": "team_lead"}
FACTS |= {
    "since": "2027-03-01T08:00:00+00:00",
    "session_at": "2027-03-08T13:00:00+01:00",
    "number": 4,
}
TODAY = date(2027, 3, 1)
# Told to those who answer for the network: their messages name no case.
WITHOUT_CASE = {
    *("operations.canary", "operations.set_aside"),
    *("audit.reading_unusual", "retention.erasure_requested", "evictions.deadlines_recomputed"),
    "webhooks.disabled",
    *(name for name in CATALOGUE if name.startswith("intervisions.")),
}
SINGLE = sorted(set(CATALOGUE) - {DIGEST_KIND})
EVERYWHERE = [(kind, language) for kind in SINGLE for language in LANGUAGES]


def words(kind: str, language: str, *, today: date = TODAY, facts=FACTS):
    return render(kind, facts, language=language, code="BX-7K2M", link=LINK, today=today)


@pytest.mark.parametrize(("kind", "language"), EVERYWHERE)
@pytest.mark.parametrize("part", PARTS)
def test_every_part_exists_and_uses_only_what_is_allowed(kind, language, part):
    path = TEMPLATES / template_name(kind, language, part)
    used = meta.find_undeclared_variables(ENVIRONMENT.parse(path.read_text()))
    assert used <= ALLOWED


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_layout_uses_only_what_is_allowed(language):
    source = (TEMPLATES / language / "layout.html").read_text()
    assert meta.find_undeclared_variables(ENVIRONMENT.parse(source)) <= ALLOWED


def test_there_is_no_template_without_a_kind():
    wanted = {
        template_name(kind, language, part) for kind, language in EVERYWHERE for part in PARTS
    }
    wanted |= {f"{language}/layout.html" for language in LANGUAGES}
    wanted |= {template_name(DIGEST_KIND, lang, part) for lang in LANGUAGES for part in PARTS}
    wanted |= {template_of(name, language) for name in NAMES for language in LANGUAGES}
    found = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*") if path.is_file()}
    assert found == wanted


@pytest.mark.parametrize(("kind", "language"), EVERYWHERE)
def test_every_message_says_which_case_and_where(kind, language):
    message = words(kind, language)
    assert ("BX-7K2M" in message.subject) is (kind not in WITHOUT_CASE)
    assert "\n" not in message.subject
    assert len(message.subject) < 80
    assert LINK in message.text
    assert 'href="https://maillage.example/alerts/1?a&amp;b"' in message.html
    for text in (message.subject, message.text, message.html):
        assert "None" not in text
        assert "  " not in text.replace("\n\n", "")


@pytest.mark.parametrize(("kind", "language"), EVERYWHERE)
def test_facts_outside_the_allow_list_reach_no_message(kind, language):
    secrets = {"name": "Dupont", "address": "rue Haute", "note": "violence", "title": "Dupont"}
    message = words(kind, language, facts={**FACTS, **secrets})
    everything = message.subject + message.text + message.html
    assert [secret for secret in secrets.values() if secret in everything] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", PARTS)
def test_a_digest_uses_only_what_is_allowed(language, part):
    path = TEMPLATES / template_name(DIGEST_KIND, language, part)
    used = meta.find_undeclared_variables(ENVIRONMENT.parse(path.read_text()))
    assert used <= ALLOWED_IN_DIGEST


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_digest_says_of_each_its_subject_and_its_link(language):
    secrets = {**FACTS, "name": "Dupont"}
    told = [(kind, secrets, "BX-7K2M", f"{LINK}/{kind}") for kind in SINGLE]
    message = render_digest(told, language=language, link="https://maillage.example/", today=TODAY)
    assert str(len(SINGLE)) in message.subject
    for kind in SINGLE:
        assert words(kind, language).subject in message.text
        assert f"{LINK}/{kind}\n" in message.text
        assert f"{LINK}/{kind}".replace("&", "&amp;") in message.html
    assert "Dupont" not in message.subject + message.text + message.html


def test_a_digest_that_cannot_be_said_rightly_is_not_said():
    told = [("evictions.from_the_future", FACTS, "BX-7K2M", LINK)]
    with pytest.raises(Unrenderable):
        render_digest(told, language="fr", link=LINK, today=TODAY)


CONFIRM = {"en": "confirm", "fr": "confirmer", "nl": "bevestigen"}
LAWYER = {"en": "a lawyer", "fr": "un avocat", "nl": "een advocaat"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("certainty", ["disputed", "unverified"])
@pytest.mark.parametrize("moved", ["approaching", "moved"])
def test_a_date_in_doubt_is_to_be_confirmed_by_a_lawyer(moved, certainty, language):
    kind = f"evictions.deadline_{moved}"
    sure = words(kind, language)
    said = words(kind, language, facts={**FACTS, "certainty": certainty})
    for text in (said.text, said.html):
        assert LAWYER[language] in text
    assert said.subject != sure.subject
    assert CONFIRM[language] in said.subject.partition("(")[2]
    assert LAWYER[language] not in sure.subject + sure.text + sure.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_two_doubts_are_told_apart(language):
    kind = "evictions.deadline_approaching"
    told = [words(kind, language, facts={**FACTS, "certainty": each}).text for each in DOUBTS]
    assert len(set(told)) == len(DOUBTS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_told_that_nobody_answered_hears_of_the_doubt(language):
    facts = {**FACTS, "about": "evictions.deadline_approaching", "told_as": "team_lead"}
    said = words("evictions.unacknowledged", language, facts={**facts, "certainty": "unverified"})
    assert LAWYER[language] in said.text
    assert LAWYER[language] in said.html


@pytest.mark.parametrize("fact", ["found", None, "Dupont", 7])
def test_what_is_no_doubt_is_not_said(fact):
    sure = words("evictions.deadline_moved", "fr")
    assert words("evictions.deadline_moved", "fr", facts={**FACTS, "certainty": fact}) == sure


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_date_that_moved_into_the_past_is_said_to_be_over(language):
    facts = {"due_on": "2027-02-26"}
    over, near = (
        words("evictions.deadline_moved", language, facts=facts, today=day)
        for day in (TODAY, date(2027, 2, 25))
    )
    assert over.subject != near.subject
    last = {"en": "is over", "fr": "elle est donc dépassée", "nl": "is dus voorbij"}[language]
    assert (last in over.text, last in over.html) == (True, True)
    assert last not in near.text


def test_languages_differ():
    for kind in SINGLE:
        assert len({words(kind, language).text for language in LANGUAGES}) == len(LANGUAGES)


@pytest.mark.parametrize(
    ("today", "start"),
    [
        (date(2027, 3, 5), "Hearing in 3 days"),
        (date(2027, 3, 7), "Hearing tomorrow"),
        (date(2027, 3, 8), "Hearing today"),
        (date(2027, 3, 9), "Hearing of Monday 8 March 2027"),
    ],
)
def test_days_are_counted_from_today(today, start):
    assert words("evictions.hearing_approaching", "en", today=today).subject.startswith(start)


def test_a_hearing_is_told_in_brussels_time():
    text = words("evictions.hearing_approaching", "fr").text
    assert "au lundi 8 mars 2027 à 9h30, dans 7 jours" in text


def test_a_task_without_a_day_is_told_without_one():
    text = words("cases.task_due", "nl", facts={"due_on": None}).text
    assert "Er wacht een taak op u in dossier BX-7K2M." in text


def test_an_unknown_language_is_answered_in_french():
    assert words("cases.task_due", "de").language == "fr"


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("evictions.from_the_future", FACTS),
        ("evictions.hearing_approaching", {}),
        ("evictions.hearing_approaching", {"hearing_at": "soon"}),
        ("evictions.hearing_approaching", {"hearing_at": "2027-03-08T08:30:00"}),
        ("evictions.hearing_approaching", {"hearing_at": 7}),
    ],
)
def test_what_cannot_be_said_rightly_is_not_said(kind, facts):
    with pytest.raises(Unrenderable):
        words(kind, "fr", facts=facts)


def test_days_and_times_as_people_write_them():
    day, moment = date(2027, 3, 1), datetime(2027, 7, 1, 7, 5, tzinfo=UTC)
    assert [day_in_words(day, language) for language in LANGUAGES] == [
        "lundi 1er mars 2027",
        "maandag 1 maart 2027",
        "Monday 1 March 2027",
    ]
    assert [time_in_words(moment, language) for language in LANGUAGES] == [
        "9h05",
        "9.05 uur",
        "09:05",
    ]
