"""`maillage deadline`: the answer, its languages, and one sentence with exit 2 for nonsense."""

import json
import subprocess
import sys

import pytest

from infra.cli import deadline
from infra.cli.parser import OneSentenceParser

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


@pytest.mark.parametrize(
    ("language", "date_line", "words"),
    [
        ("en", "Date: 2026-09-15", "15 September 2026"),
        ("fr", "Date: 2026-09-15", "15 septembre 2026"),
        ("nl", "Datum: 2026-09-15", "15 september 2026"),
    ],
)
def test_text_is_readable_in_each_language(capsys, language, date_line, words):
    assert _run(APPEAL | {"--language": language}) == 0
    out = capsys.readouterr().out
    assert out.startswith(date_line)
    assert words in out
    assert "C. jud. art. 50" in out


def test_text_names_the_other_reading(capsys):
    assert _run(APPEAL | {"--counting": "waiting"}) == 0
    assert "Other reading: 2026-07-30" in capsys.readouterr().out


@pytest.mark.parametrize(
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
    ids=str,
)
def test_nonsense_exits_2_with_one_sentence(capsys, change):
    assert _code(APPEAL | change) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith(".\n")
    assert err.count("\n") == 1
    assert "usage" not in err
    assert "Traceback" not in err


@pytest.mark.parametrize("missing", sorted(APPEAL))
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
