"""The door of the household: a code opens it, and only wrong codes count.

Behind one address may stand a whole neighbourhood (a mobile network, a waiting room), so that who
has the right code enters however many entered before. What is counted is named by keyed hashes of
an address and of a code, which the caller makes: neither can be read from the rows.
"""

from datetime import timedelta

from sqlalchemy import text

from services.portal import sessions
from services.portal.sessions import Entered
from services.shared.actor import Visitor
from services.shared.attempts import Limit, count, refusal
from services.shared.errors import DomainError, Refused
from services.shared.unit_of_work import UnitOfWork

# A year of it from one address finds one of ten thousand open codes of 60 bits with a
# probability under one in a hundred million.
WRONG_OF_CLIENT = Limit(times=60, within=timedelta(hours=1))
# Of one code, from wherever: a code that was used or taken back is not tried for ever.
WRONG_OF_CODE = Limit(times=10, within=timedelta(hours=1))
_WHAT = "enter_household"
# Row-level security shows the attempts of one visitor at a time.
_BE = text("SELECT set_config('app.visitor', :visitor, true)")


def enter(typed: str, *, client: Visitor, code: Visitor, uow: UnitOfWork) -> Entered | DomainError:
    """The session that a code opens; else the refusal, with what was counted of it.

    A refusal is given back, not raised: the caller commits it. Two attempts of one client, or of
    one code, follow each other, so that no more than the limit are ever answered.
    """
    counted = ((client, WRONG_OF_CLIENT), (code, WRONG_OF_CODE))
    for visitor, limit in counted:
        uow.session.execute(_BE, {"visitor": str(visitor.id)})
        refused = refusal(_WHAT, limit, actor=visitor, uow=uow)
        if refused is not None:
            return refused
    entered = sessions.enter(typed, uow=uow)
    if entered is not None:
        return entered
    for visitor, _ in counted:
        uow.session.execute(_BE, {"visitor": str(visitor.id)})
        count(_WHAT, actor=visitor, uow=uow)
    return Refused("household-code-invalid")
