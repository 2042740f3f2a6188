"""The region of a dwelling and the names of its commune, from the courts' table.

A peer learns nothing of a place but its region: brussels, flanders or wallonia.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from services.intervisions.screening.belgian_formats import Communes
from services.intervisions.screening.folding import bare
from services.network.courts.queries import SourceCourt


def communes_of(courts: Iterable[SourceCourt]) -> Communes:
    """All communes in their languages and all postcodes, for the screen."""
    known = [each for court in courts for each in court.communes]
    names = {bare(each[language]) for each in known for language in ("fr", "nl")}
    return Communes(names, {code for each in known for code in each["postal_codes"]})


def region_of(places: Iterable[str | None], courts: Sequence[SourceCourt]) -> str | None:
    """The region of the first of these postcodes or communes that is known; None if none is.

    A name that two regions have says nothing.
    """
    for place in places:
        regions = {court.region for court, _ in _covering(place, courts)}
        if len(regions) == 1:
            return regions.pop()
    return None


def names_of(places: Iterable[str | None], courts: Sequence[SourceCourt]) -> tuple[str, ...]:
    """The names that a case gives its places, and their names in the other language."""
    known = [each for each in places if each]
    others = {
        commune[language]
        for each in known
        for _, commune in _covering(each, courts)
        for language in ("fr", "nl")
    }
    said = (each for each in known if not each.isdigit())
    return tuple(dict.fromkeys((*said, *sorted(others))))


def _covering(
    place: str | None, courts: Sequence[SourceCourt]
) -> Iterator[tuple[SourceCourt, dict[str, Any]]]:
    key = bare(place or "")
    for court in courts if key else ():
        for commune in court.communes:
            if key in (*commune["postal_codes"], bare(commune["fr"]), bare(commune["nl"])):
                yield court, commune
