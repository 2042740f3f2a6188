"""Bring the courts' table to what a release of the source says. Running it twice changes nothing.

Corrections stand in a table of their own, so that no import can touch them. A canton that the
source no longer names is ended, never deleted: procedures name it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from services.network.courts.model import Court
from services.network.courts.names import Cantons
from services.network.courts.queries import SourceCourt
from services.network.model import Professional, ProfessionalCanton
from services.shared.unit_of_work import UnitOfWork

_NEVER_COMPARED = frozenset({"code", "source_id", "source_version"})


@dataclass(frozen=True, order=True)
class Difference:
    """`kind`: new, changed or ended; `field`, `before` and `after` where one changed."""

    code: str
    kind: str
    field: str = ""
    before: str = ""
    after: str = ""


def differences(source: Sequence[SourceCourt], *, uow: UnitOfWork) -> list[Difference]:
    """What an import would change, without changing it."""
    known = {row.source_id: row for row in uow.session.scalars(select(Court))}
    found = [Difference(each.code, "new") for each in source if each.source_id not in known]
    for each in source:
        row = known.get(each.source_id)
        found += _changed(row, each) if row else []
    named = {each.source_id for each in source}
    gone = (row for key, row in known.items() if key not in named and row.valid_until is None)
    return sorted([*found, *(Difference(row.code, "ended") for row in gone)])


def import_courts(source: Sequence[SourceCourt], *, uow: UnitOfWork) -> list[Difference]:
    """The differences that there were; afterwards there is none."""
    found = differences(source, uow=uow)
    known = {row.source_id: row for row in uow.session.scalars(select(Court))}
    for each in source:
        row = known.pop(each.source_id, None)
        if row is None:
            row = Court(code=each.code, source_id=each.source_id)
            uow.session.add(row)
        for name, value in asdict(each).items():
            # The code was given once: what people wrote down stays true.
            if name != "code" and getattr(row, name) != value:
                setattr(row, name, value)
    for row in known.values():
        row.valid_until = row.valid_until or uow.today() - timedelta(days=1)
    uow.session.flush()
    for code in sorted({each.code for each in found}):
        _note(code, found, uow=uow)
    return found


def settle_liaisons(cantons: Cantons, *, uow: UnitOfWork) -> int:
    """What was written before the courts were known goes under the code of the canton it means;
    what means none stays as it is."""
    settled = 0
    for row in uow.session.scalars(select(ProfessionalCanton)).all():
        code = cantons.code_of(row.canton)
        if code == row.canton:
            continue
        person, said = row.professional_id, row.canton
        uow.session.execute(
            insert(ProfessionalCanton)
            .values(professional_id=person, canton=code)
            .on_conflict_do_nothing()
        )
        uow.session.execute(
            delete(ProfessionalCanton).where(
                ProfessionalCanton.professional_id == person, ProfessionalCanton.canton == said
            ),
            execution_options={"synchronize_session": False},
        )
        subject = uow.session.get_one(Professional, person)
        before, after = {"canton": said}, {"canton": code}
        uow.record("settle_canton", subject, actor=None, case_id=None, before=before, after=after)
        settled += 1
    uow.session.expire_all()
    return settled


def _changed(row: Court, each: SourceCourt) -> list[Difference]:
    return [
        Difference(row.code, "changed", name, str(getattr(row, name)), str(value))
        for name, value in asdict(each).items()
        if name not in _NEVER_COMPARED and getattr(row, name) != value
    ]


def _note(code: str, found: Sequence[Difference], *, uow: UnitOfWork) -> None:
    row = uow.session.scalars(select(Court).where(Court.code == code)).one()
    mine = [each for each in found if each.code == code]
    after = {"kind": mine[0].kind, "fields": [each.field for each in mine if each.field]}
    after["source_version"] = row.source_version
    uow.record("import_court", row, actor=None, case_id=None, after=after)
