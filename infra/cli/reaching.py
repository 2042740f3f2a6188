"""What a command says when its database does not answer or is not what it should be."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError

from infra.embedded.process import StartFailed
from infra.erasure.ledger import LedgerBroken
from infra.erasure.replaying import LedgerAhead
from infra.files.taking import NotOurs
from infra.migrations.run import OutdatedSchema
from infra.selftest import SelfTestError


@contextmanager
def reaching(variable: str) -> Iterator[None]:
    """One sentence instead of a driver's stack: StartFailed names the variable to look at."""
    try:
        yield
    except OperationalError as error:
        raise StartFailed(
            f"The database of {variable} does not answer: start it, or correct the address."
        ) from error
    except (SelfTestError, OutdatedSchema) as error:
        raise StartFailed(str(error)) from error
    except (LedgerAhead, LedgerBroken, NotOurs) as error:
        raise StartFailed(f"This may not open: {error}.") from error
