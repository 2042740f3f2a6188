"""Procedures whose canton was written before the courts were known."""

from sqlalchemy import select

from services.evictions.dates.model import Procedure
from services.network.courts.names import Cantons
from services.shared.unit_of_work import UnitOfWork


def settle_procedures(cantons: Cantons, *, uow: UnitOfWork) -> int:
    """Put each procedure under the code of the canton it means, if it means one."""
    said = uow.session.scalars(select(Procedure.canton).distinct())
    meant = {words: cantons.code_of(words) for words in said}
    other = [words for words, code in meant.items() if words != code]
    settled = uow.session.scalars(select(Procedure).where(Procedure.canton.in_(other))).all()
    for procedure in settled:
        before = {"canton": procedure.canton}
        procedure.canton = meant[procedure.canton]
        after = {"canton": procedure.canton}
        uow.record(
            "settle_canton",
            procedure,
            actor=None,
            before=before,
            after=after,
        )
    uow.session.flush()
    return len(settled)
