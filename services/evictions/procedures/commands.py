"""Open a procedure under its regime, and choose another regime for it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.consent.hold import hold
from services.consent.policy import require_reference_worker
from services.consent.queries import access_to
from services.evictions.dates.model import Procedure
from services.evictions.procedures import consequences, tasks
from services.evictions.procedures.regime_changes import regime_of
from services.households.queries import dwelling
from services.network.courts.queries import canton_named, canton_of_place
from services.shared.actor import Actor
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class OpenProcedure:
    case_id: UUID
    canton: str | None = None
    roll_number: str | None = None
    regime: str | None = None


def open_procedure(cmd: OpenProcedure, *, actor: Actor, uow: UnitOfWork) -> Procedure:
    """Open a procedure, with the tasks that such a one asks for.

    Its regime and its canton follow from the dwelling unless others are named.
    """
    access = access_to(cmd.case_id, uow=uow)
    require_reference_worker(access)
    canton = _canton(cmd, uow=uow)
    chosen = regime_of(cmd.case_id, canton, cmd.regime, uow.today(), uow=uow)
    procedure = Procedure(
        case_id=cmd.case_id,
        canton=canton,
        roll_number=cmd.roll_number,
        regime=chosen.regime.id,
        regime_assumed=chosen.assumed,
        rule_set=chosen.regime.rule_set,
        opened_at=uow.now(),
        opened_by=actor.id,
    )
    uow.session.add(procedure)
    uow.session.flush()
    tasks.begin(procedure, actor=actor, uow=uow)
    after = {"canton": procedure.canton, "regime": procedure.regime, "rule_set": procedure.rule_set}
    uow.record("open_procedure", procedure, actor=actor, case_id=cmd.case_id, after=after)
    return procedure


def choose_regime(
    procedure_id: UUID,
    regime: str | None,
    claimed_on: date | None,
    *,
    actor: Actor,
    uow: UnitOfWork,
) -> Procedure:
    """Put the procedure under another regime, or the one that now follows from the dwelling.

    Every date is computed anew; the same regime chosen again changes nothing. What another one
    changes, `regime_changes.regime_difference` says before.
    """
    procedure = hold(Procedure, procedure_id, require_reference_worker, uow=uow)
    before = {"regime": procedure.regime, "rule_set": procedure.rule_set}
    day = claimed_on or uow.today()
    chosen = regime_of(procedure.case_id, procedure.canton, regime, day, uow=uow)
    wanted = (chosen.regime.id, chosen.assumed, chosen.regime.rule_set)
    if wanted == (procedure.regime, procedure.regime_assumed, procedure.rule_set):
        return procedure
    procedure.regime, procedure.regime_assumed = chosen.regime.id, chosen.assumed
    procedure.rule_set = chosen.regime.rule_set
    uow.session.flush()
    consequences.follow(procedure, actor=actor, uow=uow)
    after = {"regime": procedure.regime, "rule_set": procedure.rule_set}
    uow.record(
        "choose_regime",
        procedure,
        actor=actor,
        before=before,
        after=after,
    )
    return procedure


def _canton(cmd: OpenProcedure, *, uow: UnitOfWork) -> str:
    if cmd.canton is not None:
        return canton_named(cmd.canton, uow=uow)
    return canton_of_place(dwelling(cmd.case_id, uow=uow)[0], uow=uow)
