"""Who leads the team of an organisation: told when a colleague leaves a legal alert unanswered.

It opens no case: a team lead reads the files of their own cases, as every worker does.
"""

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from services.network import policy
from services.network.model import Professional, ProfessionalRole
from services.network.queries import ProfessionalView, professional
from services.shared.actor import Actor, RoleKind
from services.shared.errors import RuleBroken
from services.shared.loading import load
from services.shared.unit_of_work import UnitOfWork


def name_team_lead(
    professional_id: UUID, leads: bool, *, actor: Actor, uow: UnitOfWork
) -> ProfessionalView:
    """An administrator makes somebody else of their organisation a team lead, or no longer one.

    Saying it twice changes nothing.
    """
    before = professional(professional_id, uow=uow)
    policy.require_registrar(actor, before.organisation_id, (RoleKind.TEAM_LEAD,))
    if professional_id == actor.id:
        raise RuleBroken("own-role")
    is_one = RoleKind.TEAM_LEAD in before.roles
    if is_one == leads:
        return before
    role = {"professional_id": professional_id, "role": RoleKind.TEAM_LEAD.value}
    if leads:
        uow.session.execute(insert(ProfessionalRole).values(role).on_conflict_do_nothing())
    else:
        uow.session.execute(delete(ProfessionalRole).filter_by(**role))
    subject = load(Professional, professional_id, uow=uow)
    uow.record(
        "name_team_lead",
        subject,
        actor=actor,
        case_id=None,
        before={"leads": is_one},
        after={"leads": leads},
    )
    return professional(professional_id, uow=uow)
