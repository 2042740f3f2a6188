"""Every alert is one SMS in every language, and nothing but the code and the link can be in it."""

from pathlib import Path

import pytest
from jinja2 import meta

from infra.delivery_checks import LONGEST_PUBLIC_URL
from notifications.catalogue import CATALOGUE, DIGEST_KIND
from notifications.channels import gsm7
from notifications.dates import LANGUAGES
from notifications.rendering import ENVIRONMENT, TEMPLATES, Unrenderable
from notifications.short import (
    ALLOWED_IN_SMS,
    CODE,
    NAMES,
    code_text,
    short_text,
    template_of,
)

# As long as PUBLIC_URL may be, and a code as long as ours are.
LINK = f"https://{'m' * (LONGEST_PUBLIC_URL - 8)}/alerts/00000000-0000-4000-8000-000000000001"
CASE = "BX-7K2M"
KINDS = sorted(set(CATALOGUE) - {DIGEST_KIND})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_one_sms_with_its_code_and_its_link(kind, language):
    text = short_text(kind, language=language, code=CASE, link=LINK)
    taken = gsm7.length(text)
    assert taken is not None
    assert taken <= 160
    assert text.endswith(LINK)
    assert text.count(CASE) == 1
    assert "\n" not in text
    bare = short_text(kind, language=language, code=None, link=LINK)
    assert CASE not in bare
    assert "None" not in bare


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_templates_know_the_code_and_the_link_alone(name, language):
    source = Path(TEMPLATES / template_of(name, language)).read_text(encoding="utf-8")
    used = meta.find_undeclared_variables(ENVIRONMENT.parse(source))
    assert used <= ALLOWED_IN_SMS
    assert (used == {"code"}) is (name == CODE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_code_that_proves_a_number_is_one_sms(language):
    text = code_text("012345", language=language)
    assert gsm7.fits(text)
    assert "012345" in text


def test_languages_differ_and_an_unknown_one_is_french():
    texts = {
        short_text(KINDS[0], language=each, code=CASE, link=LINK) for each in (*LANGUAGES, "de")
    }
    assert len(texts) == len(LANGUAGES)


def test_what_cannot_be_said_in_one_sms_is_not_said():
    with pytest.raises(Unrenderable):
        short_text(KINDS[0], language="fr", code=CASE, link=LINK + "x" * 60)
    with pytest.raises(Unrenderable):
        short_text("evictions.from_the_future", language="fr", code=CASE, link=LINK)
    with pytest.raises(Unrenderable):
        code_text("ê", language="fr")


@pytest.mark.parametrize(
    ("text", "taken"),
    [("", 0), ("héÉàçÇ"[:4], 4), ("~{}", 6), ("€", 2), ("ç", None), ("ê", None), ("’", None)],
)
def test_the_alphabet_is_that_of_gsm(text, taken):
    """3GPP TS 23.038 §6.2.1: ç and ê are not in it, É and à are; ~ and € take two places."""
    assert gsm7.length(text) == taken


def test_the_alphabet_is_whole():
    alphabet = [chr(number) for number in range(0x110000) if gsm7.length(chr(number)) is not None]
    assert sum(gsm7.length(each) == 1 for each in alphabet) == 127
    assert sum(gsm7.length(each) == 2 for each in alphabet) == 10
