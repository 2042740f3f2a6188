"""Days and times as people write them, in Brussels time."""

from datetime import date, datetime

from services.shared.clock import BRUSSELS

LANGUAGES = ("fr", "nl", "en")

_DAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "nl": ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "en": "January February March April May June July August September October November December",
}


def day_in_words(day: date, language: str) -> str:
    """`lundi 1er mars 2027`, `maandag 1 maart 2027`, `Monday 1 March 2027`."""
    number = "1er" if language == "fr" and day.day == 1 else str(day.day)
    month = _MONTHS[language].split()[day.month - 1]
    return f"{_DAYS[language][day.weekday()]} {number} {month} {day.year}"


def time_in_words(moment: datetime, language: str) -> str:
    """`9h00`, `9.00 uur`, `09:00`, as clocks in Brussels show it."""
    at = moment.astimezone(BRUSSELS)
    if language == "fr":
        return f"{at.hour}h{at.minute:02}"
    if language == "nl":
        return f"{at.hour}.{at.minute:02} uur"
    return f"{at.hour:02}:{at.minute:02}"
