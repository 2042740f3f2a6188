"""What a command says when its database does not answer or is not what it should be."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError

from infra.embedded.process import StartFailed
from infra.unfit import MayNotOpen, Unfit


@contextmanager
def reaching(variable: str) -> Iterator[None]:
    """One sentence instead of a driver's stack: StartFailed names the variable to look at."""
    try:
        yield
    except OperationalError as error:
        raise StartFailed(
            f"The database of {variable} does not answer: start it, or correct the address."
        ) from error
    except MayNotOpen as error:
        raise StartFailed(f"This may not open: {error}.") from error
    except Unfit as error:
        raise StartFailed(str(error)) from error
