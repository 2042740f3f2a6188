"""Every alert is one SMS in every language, and nothing but the code and the link can be in it."""

import pytest

from infra.delivery_checks import LONGEST_PUBLIC_URL
from notifications.catalogue import CATALOGUE, DIGEST_KIND
from notifications.channels import gsm7
from notifications.rendering import Unrenderable
from notifications.short import ALLOWED_IN_SMS, code_text, short_text
from services.shared.words.catalogue import LANGUAGES
from tests.slices import some
from tests.words import names_in, texts

# As long as PUBLIC_URL may be, and a code as long as ours are.
LINK = f"https://{'m' * (LONGEST_PUBLIC_URL - 8)}/alerts/00000000-0000-4000-8000-000000000001"
CASE = "BX-7K2M"
KINDS = sorted(set(CATALOGUE) - {DIGEST_KIND})


def test_every_kind_is_one_sms_with_its_code_and_its_link():
    everywhere = [(kind, language) for kind in KINDS for language in LANGUAGES]
    assert [each for each in everywhere if not is_one_sms(*each)] == []


def is_one_sms(kind, language):
    text = short_text(kind, language=language, code=CASE, link=LINK)
    bare = short_text(kind, language=language, code=None, link=LINK)
    return (
        (gsm7.length(text) or 999) <= 160
        and text.endswith(LINK)
        and text.count(CASE) == 1
        and "\n" not in text
        and CASE not in bare
        and "None" not in bare
    )


def test_an_sms_says_the_code_and_the_link_alone():
    said = [
        (key, names_in(forms[0]))
        for language in LANGUAGES
        for key, forms in texts(language).items()
        if key.startswith("sms.")
    ]
    assert len(said) == 5 * len(LANGUAGES)
    assert [key for key, names in said if not names <= ALLOWED_IN_SMS] == []
    assert {key for key, names in said if names == {"code"}} == {"sms.code", "sms.of_case"}


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
    beyond = some(range(0x2100, 0x110000), 20_000)
    asked = map(chr, (*range(0x2100), *beyond))
    alphabet = [each for each in asked if gsm7.length(each) is not None]
    assert sum(gsm7.length(each) == 1 for each in alphabet) == 127
    assert sum(gsm7.length(each) == 2 for each in alphabet) == 10
