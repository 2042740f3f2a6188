"""A family asks each of its cases, and says which do not hold."""

import pytest

from tests.families import family

ASKED = []


@family("number, word", [(1, "one"), (2, "two"), (3, "three")])
def odd(number, word, clock):
    ASKED.append((number, word, clock))
    assert number % 2


@family("word", ["one", "two"])
def raising(word):
    with pytest.raises(KeyError):
        {"one": 1}[word]


def test_each_case_is_asked_and_those_that_do_not_hold_are_named():
    ASKED.clear()
    with pytest.raises(BaseExceptionGroup, match="1 of 3 do not hold") as told:
        odd(clock="C")
    assert ASKED == [(1, "one", "C"), (2, "two", "C"), (3, "three", "C")]
    (fault,) = told.value.exceptions
    assert isinstance(fault, AssertionError)
    assert fault.__notes__ == ["asked with {'number': 2, 'word': 'two'}"]


def test_what_should_be_refused_and_is_not_is_a_fault_too():
    with pytest.raises(BaseExceptionGroup, match="1 of 2 do not hold"):
        raising()


def test_a_family_of_nobody_is_no_family():
    with pytest.raises(AssertionError, match="asks nothing"):
        family("word", [])


@family("first", [1, 2])
@family("second", [3, 4])
def test_two_families_are_asked_of_each_other_with_the_fixtures_of_a_test(first, second, clock):
    assert first < second
    assert clock.now()
