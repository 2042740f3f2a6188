"""Every kind of alert has its words in every language, and no word that names a person."""

import re
from datetime import UTC, date, datetime
from html import unescape

import pytest

from notifications.catalogue import ACTING_NAMED, CATALOGUE, CLIMBING, DIGEST_KIND
from notifications.rendering import (
    ALLOWED,
    ALLOWED_IN_DIGEST,
    DOUBTS,
    VARIANTS,
    Unrenderable,
    render,
    render_digest,
)
from services.shared.words.catalogue import LANGUAGES, day_in_words, time_in_words
from tests.words import names_in, texts

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


def test_a_message_says_only_what_is_allowed():
    digest = f"mail.{DIGEST_KIND}."
    said = [
        (language, key, names_in(form), ALLOWED_IN_DIGEST if key.startswith(digest) else ALLOWED)
        for language in LANGUAGES
        for key, forms in texts(language).items()
        if key.startswith("mail.")
        for form in forms
    ]
    assert len(said) > 3 * len(CATALOGUE)
    assert [(where, key) for where, key, names, allowed in said if not names <= allowed] == []


def test_every_kind_has_its_message_and_there_is_none_without_a_kind():
    own = {f"mail.{kind}.{part}" for kind in CATALOGUE for part in ("subject", "body")}
    varied = {f"{key}.{variant}" for key in own for variant in VARIANTS}
    found = {key for key in texts("en") if key.startswith("mail.") and key.count(".") > 2} - {
        f"mail.about.{kind}" for kind in CLIMBING
    }
    assert own - found == set()
    assert found - own - varied == set()


def test_every_message_says_which_case_and_where():
    assert [each for each in EVERYWHERE if not is_whole(*each)] == []


def is_whole(kind, language):
    message = words(kind, language)
    everything = (message.subject, message.text, message.html)
    return (
        ("BX-7K2M" in message.subject) is (kind not in WITHOUT_CASE)
        and "\n" not in message.subject
        and len(message.subject) < 80
        and LINK in message.text
        and 'href="https://maillage.example/alerts/1?a&amp;b"' in message.html
        and not any("None" in text or "  " in text.replace("\n\n", "") for text in everything)
    )


def test_what_the_text_says_the_page_says():
    for kind, language in EVERYWHERE:
        message = words(kind, language)
        shown = unescape(re.sub(r"<[^>]+>", "\n", message.html))
        for line in message.text.removeprefix("-- ").splitlines():
            assert line in ("", "-- ") or line in shown, (kind, language, line)


def test_facts_outside_the_allow_list_reach_no_message():
    secrets = {"name": "Dupont", "address": "rue Haute", "note": "violence", "title": "Dupont"}
    told = [words(*each, facts={**FACTS, **secrets}) for each in EVERYWHERE]
    assert told == [words(*each) for each in EVERYWHERE]


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_told_that_nobody_answered_hears_what_it_was_about(language):
    """Each kind that climbs by its own words: a hearing is not called a legal date."""
    told = {
        kind: words("evictions.unacknowledged", language, facts={**FACTS, "about": kind}).text
        for kind in CLIMBING
        if kind not in ("evictions.unacknowledged", ACTING_NAMED)
    }
    assert told["evictions.hearing_unaccompanied"] == told["evictions.hearing_approaching"]
    assert len(set(told.values())) == len(told) - 2


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
    assert [day_in_words(day, language) for language in ("fr", "nl", "en")] == [
        "lundi 1er mars 2027",
        "maandag 1 maart 2027",
        "Monday 1 March 2027",
    ]
    assert [time_in_words(moment, language) for language in ("fr", "nl", "en")] == [
        "9h05",
        "9.05 uur",
        "09:05",
    ]
