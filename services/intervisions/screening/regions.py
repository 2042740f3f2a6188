"""The region of a dwelling and the names of its commune, from the courts' table.

A peer learns nothing of a place but its region: brussels, flanders or wallonia.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from services.intervisions.screening.belgian_formats import Communes
from services.intervisions.screening.folding import bare
from services.network.courts.queries import Courts, CourtView


@lru_cache(maxsize=4)
def communes_of(courts: Courts) -> Communes:
    """All communes in their languages and all postcodes, for the screen."""
    names = {bare(name) for court in courts.every for name in court.commune_names}
    return Communes(names, set().union(*courts.postal_codes.values()))


def region_of(places: Iterable[str | None], courts: Courts) -> str | None:
    """The region of the first of these postcodes or communes that is known; None if none is.

    A name that two regions have says nothing.
    """
    for place in places:
        regions = {court.region for court, _ in _covering(place, courts)}
        if len(regions) == 1:
            return regions.pop()
    return None


def names_of(places: Iterable[str | None], courts: Courts) -> tuple[str, ...]:
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


def _covering(place: str | None, courts: Courts) -> Sequence[tuple[CourtView, Mapping[str, Any]]]:
    return _by_place(courts).get(bare(place or ""), ())


@lru_cache(maxsize=4)
def _by_place(courts: Courts) -> Mapping[str, Sequence[tuple[CourtView, Mapping[str, Any]]]]:
    """Each commune and its court, by postcode and by name in either language."""
    found = defaultdict[str, list[tuple[CourtView, Mapping[str, Any]]]](list)
    for court in courts.every:
        for commune in court.communes:
            names = (bare(commune["fr"]), bare(commune["nl"]))
            for key in {*commune["postal_codes"], *names} - {""}:
                found[key].append((court, commune))
    return dict(found)
