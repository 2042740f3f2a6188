"""What rules and steps say to people: a product's words, in the usage of the language."""

import re

from services.evictions.counting import rulefile
from services.evictions.counting.wording import _texts
from services.evictions.law.regimes import regimes
from services.evictions.law.rulesets import codes, shipped
from services.shared.words.catalogue import say
from tests.families import family

NORMS = [norm for code in codes() for norm in shipped(code).norms()] + [*regimes().values()]
SAID = {norm.id: norm.explanation for norm in NORMS} | {
    f"step {code}": rulefile.words(texts) for code, texts in _texts()["steps"].items()
}
NEVER = {
    # A diary of research, and what no native writer would say (findings/law.md, Language).
    "en": r"not found|not read|was not",
    "fr": r"'|trouvé|pas été lu|jours pleins|jour de départ|que le départ\b|vaut pas|se termine son"
    r"|Si cela vaut| : [A-ZÀ-Ý](?![A-Z])|\bde (?:Uccle|Ixelles|Etterbeek|Anderlecht|Auderghem)\b",
    "nl": r"'|gevonden|niet werd gelezen|bezettings|gevat|volstrekte noodzaak\b|Uccle|Ixelles"
    r"|\bC\. (?:jud|civ)\.",
}


@family("language", NEVER)
@family("key", SAID)
def test_nothing_is_said_that_is_no_product_text(key, language):
    assert re.findall(NEVER[language], SAID[key].say(language)) == []


@family(
    "name, said",
    [
        ("Uccle", "Justice de paix du canton d’Uccle"),
        ("Etterbeek", "Justice de paix du canton d’Etterbeek"),
        ("Écaussinnes", "Justice de paix du canton d’Écaussinnes"),
        ("Schaerbeek 1", "Justice de paix du canton de Schaerbeek 1"),
        ("Herstal", "Justice de paix du canton de Herstal"),
    ],
)
def test_french_drops_a_vowel_before_another(name, said):
    assert say("court.of_canton", "fr", canton=name) == said


def test_a_network_that_writes_straight_apostrophes_is_printed_with_the_others():
    words = rulefile.words({"en": "a'b", "fr": "l'huissier", "nl": "foto's"})
    assert (words.fr, words.nl) == ("l’huissier", "foto’s")
