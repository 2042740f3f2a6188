"""The marks of the law file (§2), row by row, against the certainty that ships: what was disputed,
background or not found is never presented as certain.
"""

from services.evictions.law.norms import Certainty
from services.evictions.law.rulesets import codes, shipped
from tests.families import family

# S: found; X: sources disagree; ?: TO_CHECK, background or a weak source. The lowest mark of a row,
# with what it is about, copied from the law file.
MARKS = {
    **{"BRU-01": "S", "BRU-02": "?", "BRU-03": "S", "BRU-03b": "S", "BRU-03c": "?"},
    **{"BRU-04": "X", "BRU-04b": "X", "BRU-05": "?", "BRU-05b": "?", "BRU-06": "S"},
    **{"BRU-07": "X", "BRU-08": "?", "BRU-08b": "S", "BRU-09": "S", "BRU-10": "X"},
    **{"BRU-11": "X", "BRU-11b": "?", "BRU-12": "X", "BRU-12x-1": "S", "BRU-12x-2": "S"},
    **{"BRU-12x-3": "S", "BRU-12x-4": "S", "BRU-12w": "?", "BRU-13": "S", "BRU-14": "S"},
    **{"BRU-15": "?", "BRU-16": "?", "BRU-17": "S", "AID-01": "X"},
    # §0 abolishes REM-05, and says of which row the others are.
    **{"BRU-03d": "S", "BRU-11r": "?", "ADMIN-02": "S", "SQT-05": "?", "SQT-06": "?"},
    **{"REM-01": "S", "REM-02": "X", "REM-03": "S", "REM-04": "S", "REM-07": "?"},
    **{"REM-08": "S", "REM-09": "?", "SQT-07": "?"},
    **{"FED-03": "?", "FED-03b": "S", "FED-04": "S", "FED-05": "S", "FED-06": "S"},
    # FED-07 is the month of BRU-10: the same two readings (§2.9).
    **{"FED-07": "X", "FED-08": "X", "FED-09": "?", "FED-10": "?"},
    # Whose dwelling it is decides on the truce, and "social" does not say it (§0).
    **{
        "WAL-01": "S",
        "WAL-01x": "S",
        "WAL-01-OPEN": "?",
        "WAL-01x-OPEN": "S",
        "VLA-01": "?",
        "VLA-02": "S",
    },
    **{"WAL-01x-2": "?", "WAL-01x-2-OPEN": "?"},
    # §0: the longer delays are background; the sanction and the suspension were read.
    **{"REM-10": "?", "BRU-03s": "S", "ADMIN-03": "S"},
    **{"SQT-01": "S", "SQT-02": "S", "SQT-03": "?", "SQT-04": "?", "ADMIN-01": "S"},
}
# Found, and shipped with more care: the conditions of BRU-14 and the reservation of the Court in
# BRU-17 (B.42.2) were not read.
WITH_MORE_CARE = {"BRU-14", "BRU-17"}
# A row that is disputed and partly not found may ship as either; none of both as certain.
SHIPS = {
    "S": {Certainty.FOUND},
    "X": {Certainty.DISPUTED, Certainty.UNVERIFIED},
    "?": {Certainty.UNVERIFIED},
}
NORMS = {norm.id: norm for code in codes() for norm in shipped(code).norms()}


def test_every_norm_that_ships_has_a_mark_of_the_law_file():
    assert set(NORMS) == set(MARKS)


@family("key, mark", MARKS.items())
def test_no_row_ships_surer_than_it_was_read(key, mark):
    expected = SHIPS["X"] if key in WITH_MORE_CARE else SHIPS[mark]
    assert NORMS[key].certainty in expected


@family("key", NORMS)
def test_each_is_explained_in_three_languages_that_differ(key):
    said = [NORMS[key].explanation.say(language) for language in ("en", "fr", "nl")]
    assert len({text.strip() for text in said if len(text) > 20}) == len(said)
