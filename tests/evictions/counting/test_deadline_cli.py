"""`maillage deadline`: the answer, its languages, and one sentence with exit 2 for nonsense."""

import json
import subprocess
import sys

from infra.cli import deadline
from infra.cli.parser import OneSentenceParser
from services.evictions.counting.citing import cite
from services.evictions.law.norms import Certainty
from services.evictions.law.rulesets import brussels
from services.shared.words.catalogue import say
from tests.families import family

APPEAL = {"--from": "2026-06-30", "--delay": "1", "--unit": "month", "--counting": "remedy"}


def _run(options, *flags):
    parser = OneSentenceParser(prog="maillage")
    deadline.add_parser(parser.add_subparsers(required=True))
    words = [word for pair in options.items() for word in pair]
    args = parser.parse_args(["deadline", *words, *flags])
    return args.run(args)


def _code(options, *flags):
    try:
        return _run(options, *flags)
    except SystemExit as stop:
        return stop.code


def test_json_gives_date_reading_and_steps(capsys):
    assert _run(APPEAL, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert list(answer) == ["date", "earlier_reading", "steps"]
    assert (answer["date"], answer["earlier_reading"]) == ("2026-09-15", None)
    assert [step["code"] for step in answer["steps"]] == [
        "counts_from",
        "last_day",
        "judicial_vacation",
    ]
    assert answer["steps"][-1] == {
        "code": "judicial_vacation",
        "words": "The delay starts and ends in the judicial vacation (1 July to 31 August), "
        "so it runs until 15 September 2026.",
        "date": "2026-09-15",
        "article": "C. jud. art. 50",
    }


def test_json_gives_both_readings(capsys):
    options = APPEAL | {"--from": "2025-11-19", "--counting": "waiting"}
    assert _run(options, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["date"], answer["earlier_reading"]) == ("2025-12-20", "2025-12-19")


@family(
    "language, date_line, words",
    [
        ("en", "Date: 2026-09-15", "15 September 2026"),
        ("fr", "Date : 2026-09-15", "15 septembre 2026"),
        ("nl", "Datum: 2026-09-15", "15 september 2026"),
    ],
)
def test_text_is_readable_in_each_language(capsys, language, date_line, words):
    assert _run(APPEAL | {"--language": language}) == 0
    out = capsys.readouterr().out
    assert out.startswith(date_line)
    assert words in out
    assert cite("C. jud. art. 50", language) in out
    assert ("Ger.W." in out) is (language == "nl")


def test_text_names_the_other_reading(capsys):
    assert _run(APPEAL | {"--counting": "waiting"}) == 0
    assert "Other reading: 2026-07-30" in capsys.readouterr().out


@family(
    "change",
    [
        {"--from": "2026-02-30"},
        {"--from": "30/06/2026"},
        {"--from": "20260630"},
        {"--from": "1899-12-31"},
        {"--from": "9999-12-31"},
        {"--from": ""},
        {"--from": "two\nlines"},
        {"--delay": "0"},
        {"--delay": "-3"},
        {"--delay": "3661"},
        {"--delay": "9" * 5000},
        {"--delay": "1.5"},
        {"--delay": "one"},
        {"--unit": "week"},
        {"--counting": "sometime"},
        {"--counting": "before"},
        {"--counting": "posted"},
        {"--unit": "working_day"},
        {"--delay": "3660", "--unit": "year"},
        {"--from": "1900-01-01", "--unit": "day", "--counting": "before"},
        {"--language": "de"},
        {"--colour": "red"},
    ],
)
def test_nonsense_exits_2_with_one_sentence(capsys, change):
    assert _code(APPEAL | change) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith(".\n")
    assert err.count("\n") == 1
    assert "usage" not in err
    assert "Traceback" not in err


@family("missing", sorted(APPEAL))
def test_a_missing_option_exits_2_and_names_it(capsys, missing):
    assert _code({name: value for name, value in APPEAL.items() if name != missing}) == 2
    assert missing in capsys.readouterr().err


def test_the_command_loads_neither_database_nor_web_framework():
    probe = (
        "import sys, infra.cli.deadline;"
        "print([m for m in ('sqlalchemy', 'flask', 'redis', 'rq') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# Every row of law.md §2.1, and what its answer is: a date counted from 20 October 2026, or none.
STEPS = {
    "BRU-01": None,
    "BRU-02": "2026-11-21",
    "BRU-03": None,
    "BRU-03b": None,
    "BRU-03c": None,
    "BRU-04": "2026-11-30",
    "BRU-04b": "2026-11-30",
    "BRU-05": None,
    "BRU-05b": None,
    "BRU-06": None,
    "BRU-07": None,
    "BRU-08": None,
    "BRU-08b": None,
    "BRU-09": None,
    "BRU-10": "2027-03-16",
    "BRU-11": "2026-09-28",
    "BRU-11b": None,
    "BRU-12": "2026-10-20",
    "BRU-12x": None,
    "BRU-12w": None,
    "BRU-13": None,
    "BRU-14": None,
    "BRU-15": None,
    "BRU-16": "2027-04-20",
    "BRU-17": None,
}


@family("language", ["fr", "nl", "en"])
@family("step", STEPS)
def test_each_brussels_step_is_explained(step, language, capsys):
    asked = {"explain": "--rule", step: "--from", "2026-10-20": "--language"}
    assert _run(asked, language) == 0
    said = capsys.readouterr().out
    answers = [(norm.article, norm.source, norm.explanation) for norm in _norms_of(step)]
    assert answers
    for article, source, explanation in answers:
        assert explanation.say(language) in said
        assert f"{cite(article, language)}; {source}; " in said
    every = [say(f"explain.certainty.{each}", language) for each in Certainty]
    assert any(f"; {certainty}" in said for certainty in every)
    labels = {"fr": "Date : ", "nl": "Datum: ", "en": "Date: "}
    assert (labels[language] in said) is (STEPS[step] is not None)
    if STEPS[step] is not None:
        assert f"{labels[language]}{STEPS[step]}" in said


def _norms_of(step):
    every = deadline.norms(brussels())
    return [norm for norm in every if norm.id == step or norm.id.startswith(f"{step}-")]


@family(
    "day, last",
    [
        ("2024-03-15", "2024-09-15"),  # a Sunday, which the official page names
        ("2024-01-10", "2024-09-15"),
        ("2024-11-02", "2025-09-15"),
        ("2024-09-15", "2024-09-15"),
        ("2024-09-16", None),
    ],
)
def test_the_solidarity_fund_has_a_fixed_last_day(day, last, capsys):
    asked = {"explain": "--rule", "BRU-14": "--from"}
    assert _run(asked, day, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["date"], answer["certainty"]) == (last, "disputed")


def test_an_exception_is_explained_with_its_step(capsys):
    asked = {"explain": "--rule", "BRU-10": "--from", "2026-11-05": "--exception"}
    decided = ("own_occupation", "--exception-on", "2026-10-28")
    assert _run(asked, *decided, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["date"], answer["steps"][-1]["code"]) == ("2026-12-07", "moratorium_lifted")
    assert answer["steps"][-1]["article"] == "CBL art. 233duodecies, 4°"
