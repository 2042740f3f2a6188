"""After a ballot the workers destroy the key of its box, so that no copy of it opens any more."""

from sqlalchemy import select

from services.intervisions.ballots import ballot_box
from services.intervisions.ballots.model import Ballot, BallotState
from services.shared.unit_of_work import UnitOfWork
from services.shared.vault.case_keys import CaseKeys


def destroy_ballot_keys(keys: CaseKeys | None, *, uow: UnitOfWork) -> int:
    """Destroy the key of one ballot that is over; the result is how many were destroyed.

    This happens after the closing is committed, so that no failure loses papers, and is tried again
    after a failure.
    """
    if keys is None:
        return 0
    over = Ballot.state.in_([BallotState.CLOSED.value, BallotState.VOID.value])
    found = select(Ballot).where(over, ~Ballot.key_destroyed).order_by(Ballot.id).limit(1)
    ballot = uow.session.scalars(found.with_for_update(skip_locked=True)).first()
    if ballot is None:
        return 0
    ballot_box.destroy_key(ballot.id, keys)
    ballot.key_destroyed = True
    uow.session.flush()
    return 1


def destroy_returned_keys(keys: CaseKeys | None, *, uow: UnitOfWork) -> int:
    """Destroy keys that came back with a backup of their folder; the result is their number."""
    if keys is None:
        return 0
    over = uow.session.scalars(select(Ballot.id).where(Ballot.key_destroyed))
    returned = [each for each in over if not keys.is_destroyed(each)]
    for each in returned:
        ballot_box.destroy_key(each, keys)
    return len(returned)
