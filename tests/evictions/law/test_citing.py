"""Articles as readers of each language cite them."""

import re

from services.evictions.counting.citing import cite, in_every_language
from services.evictions.law.regimes import regimes
from services.evictions.law.rulesets import codes, shipped
from tests.families import family

ARTICLES = sorted(
    {norm.article for code in codes() for norm in shipped(code).norms()}
    | {regime.article for regime in regimes().values()}
    | {"C. jud. art. 53bis, 2°", "C. jud. art. 52; C. civ. art. 1.7", "AR 23 August 1948 art. 88"}
)
ENGLISH = r"\b(and|of|the|law|Law|decree|to check|formerly|Court|case law|June|August|October)\b"
FRENCH = r"\b(C\. jud\.|C\. civ\.|CBL|CWHD|NLC|du|et|loi|AR|CE|al\.)"
DUTCH = r"\b(Ger\.W\.|BW|RvS|NGW|van|en|lid|wet|KB)\b"


@family("article", ARTICLES)
def test_no_article_is_cited_in_a_language_that_is_not_the_readers(article):
    assert cite(article, "en") == article
    assert re.findall(f"{ENGLISH}|{DUTCH}", cite(article, "fr")) == []
    assert re.findall(f"{ENGLISH}|{FRENCH}", cite(article, "nl")) == []


def test_codes_dates_and_numbers_are_said_as_lawyers_of_the_language_do():
    assert in_every_language("CBL art. 233duodecies, 4°; law of 1 December 2017") == {
        "en": "CBL art. 233duodecies, 4°; law of 1 December 2017",
        "fr": "Code bruxellois du Logement art. 233duodecies, 4° ; loi du 1er décembre 2017",
        "nl": "Brusselse Huisvestingscode art. 233duodecies, 4°; wet van 1 december 2017",
    }
    assert cite("C. jud. art. 1344ter, §3 and §4", "nl") == "Ger.W. art. 1344ter, §3 en §4"
    assert cite("CE art. 4; C. civ. art. 1.7", "nl") == "RvS art. 4; BW art. 1.7"


def test_what_no_code_is_stays_as_it_is():
    assert cite("Collective agreement no 32bis", "nl") == "Collective agreement no 32bis"
