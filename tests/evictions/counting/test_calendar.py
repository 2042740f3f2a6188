"""The ten legal holidays, working days and seasons."""

from datetime import date

import holidays
import pytest

from services.evictions.counting.calendar import Season, belgium, load_calendar
from services.evictions.counting.rulefile import RuleFileError
from tests.families import family

EASTER_DAYS = [  # law.md §3.2
    (2026, "04-06", "05-14", "05-25"),
    (2027, "03-29", "05-06", "05-17"),
    (2028, "04-17", "05-25", "06-05"),
    (2029, "04-02", "05-10", "05-21"),
    (2030, "04-22", "05-30", "06-10"),
]
ROW = '[[holiday]]\ncode="x"\nsource="s"\nnames={en="x",fr="x",nl="x"}\n'


@family("year", range(2000, 2101))
def test_legal_holidays_are_those_of_an_independent_source_without_its_two_sundays(year):
    public = holidays.country_holidays("BE", years=year)
    easter_sundays = {day for day, name in public.items() if name in {"Easter Sunday", "Pentecost"}}
    assert set(belgium().legal_holidays(year)) == set(public) - easter_sundays


@family("year, easter_monday, ascension, whit_monday", EASTER_DAYS)
def test_easter_holidays_are_those_of_the_law_file(year, easter_monday, ascension, whit_monday):
    dated = {holiday.code: day for day, holiday in belgium().legal_holidays(year).items()}
    assert dated["easter_monday"] == date.fromisoformat(f"{year}-{easter_monday}")
    assert dated["ascension"] == date.fromisoformat(f"{year}-{ascension}")
    assert dated["whit_monday"] == date.fromisoformat(f"{year}-{whit_monday}")


def test_there_are_ten_legal_holidays_in_order_with_names_and_source():
    year = belgium().legal_holidays(2026)
    assert len(year) == 10
    assert list(year) == sorted(year)
    for holiday in year.values():
        assert holiday.source
        assert all(holiday.names.say(language) for language in ("fr", "nl", "en"))


@family("day", ["2026-04-03", "2026-11-02", "2027-11-15", "2025-12-26"])
def test_bank_and_school_holidays_remain_working_days(day):
    assert belgium().is_working_day(date.fromisoformat(day))


@family("day", ["2026-03-28", "2026-03-29", "2026-04-06"])
def test_saturday_sunday_and_legal_holiday_are_no_working_days(day):
    assert not belgium().is_working_day(date.fromisoformat(day))


def test_a_working_day_is_its_own_next_and_previous_working_day():
    day = date(2026, 4, 7)
    assert belgium().next_working_day(day) == belgium().previous_working_day(day) == day


def test_easter_weekend_is_crossed_both_ways():
    assert belgium().next_working_day(date(2026, 4, 4)) == date(2026, 4, 7)
    assert belgium().previous_working_day(date(2026, 4, 6)) == date(2026, 4, 3)


def test_a_holiday_on_a_sunday_gives_no_substitute_day():
    assert belgium().is_working_day(date(2026, 11, 2))


def test_a_season_over_new_year_includes_both_ends():
    winter = Season((11, 1), (3, 15))
    inside = [date(2026, 11, 1), date(2026, 12, 31), date(2027, 1, 1), date(2027, 3, 15)]
    assert all(winter.covers(day) for day in inside)
    assert {winter.first_day_after(day) for day in inside} == {date(2027, 3, 16)}
    assert not winter.covers(date(2026, 10, 31))
    assert winter.first_day_after(date(2027, 3, 16)) == date(2027, 3, 16)


def test_a_season_within_a_year_includes_both_ends():
    summer = Season((7, 1), (8, 31))
    assert summer.covers(date(2026, 7, 1))
    assert summer.first_day_after(date(2026, 8, 31)) == date(2026, 9, 1)
    assert not summer.covers(date(2026, 9, 1))


def test_a_new_holiday_is_data_with_its_first_and_last_year(tmp_path):
    file = tmp_path / "holidays.toml"
    file.write_text(ROW + 'fixed="05-08"\nfrom_year=2030\nuntil_year=2031\n')
    day_off = [bool(load_calendar(file).legal_holidays(year)) for year in range(2029, 2033)]
    assert day_off == [False, True, True, False]


@family("rule", ['fixed="02-30"', 'fixed="05-08"\neaster_offset=1', "", 'easter_offset="x"'])
def test_a_broken_holiday_names_the_file_and_the_holiday(tmp_path, rule):
    file = tmp_path / "mine.toml"
    file.write_text(ROW + rule)
    with pytest.raises(RuleFileError, match=r"mine\.toml, line \d+: holiday x: .*\."):
        load_calendar(file)


@family("text", ["", "[[", "holiday = 3"])
def test_a_file_without_holidays_is_refused_by_name(tmp_path, text):
    file = tmp_path / "mine.toml"
    file.write_text(text)
    with pytest.raises(RuleFileError, match=r"mine\.toml"):
        load_calendar(file)
