"""What an administrator sees of the delivery, and may do: put back what was set aside."""

from collections.abc import Sequence
from uuid import UUID

from notifications.delivery import attempts
from notifications.delivery.attempts import Attempt
from notifications.operations import figures, set_aside
from notifications.operations.figures import Figures
from notifications.operations.set_aside import SetAside
from services.network.policy import require_role
from services.shared.actor import Actor, RoleKind
from services.shared.unit_of_work import UnitOfWork


def status(*, actor: Actor, uow: UnitOfWork) -> tuple[Figures, list[SetAside]]:
    require_role(actor, RoleKind.ADMINISTRATOR)
    return figures.read(uow=uow), set_aside.rows(uow=uow)


def attempts_of(delivery_id: UUID, *, actor: Actor, uow: UnitOfWork) -> list[Attempt]:
    """Nothing about whom or what: ids, instants and codes. None for an id that was never given."""
    require_role(actor, RoleKind.ADMINISTRATOR)
    return attempts.of_delivery(delivery_id, uow=uow)


def retry(ids: Sequence[UUID], *, dry_run: bool, actor: Actor, uow: UnitOfWork) -> list[SetAside]:
    """Those of `ids` that are set aside start anew, as after a new release; or only say which."""
    require_role(actor, RoleKind.ADMINISTRATOR)
    wanted = set(ids)
    found = [row for row in set_aside.rows(uow=uow) if row.id in wanted]
    if dry_run:
        return found
    set_aside.put_back([row.id for row in found], uow=uow)
    for row in found:
        before = {"set_aside_at": row.since, "code": row.code}
        uow.record("put_back", row, actor=actor, case_id=None, before=before)
    return found
