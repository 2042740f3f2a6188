"""A family: many small cases of one kind as one test, where each as a test of its own would cost
more than what it asks.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from inspect import Signature, signature
from typing import Any

import pytest

FAULTS = (Exception, pytest.fail.Exception)


def family(names: str, cases: Iterable[Any]) -> Callable[[Callable[..., None]], Any]:
    """As `pytest.mark.parametrize`, in one test: each case is asked, and the failure names those
    that do not hold. All of them have the fixtures of that one test."""
    own, every = names.split(", "), list(cases)
    assert every, "a family without a case asks nothing"

    def of(test: Callable[..., None]) -> Any:
        @wraps(test)
        def asked(**fixtures: Any) -> None:
            wrong = []
            for case in every:
                given = dict(zip(own, case if len(own) > 1 else (case,), strict=True))
                try:
                    test(**given, **fixtures)
                except FAULTS as fault:
                    fault.add_note(f"asked with {given!r}"[:1000])
                    wrong.append(fault)
            if wrong:
                raise BaseExceptionGroup(f"{len(wrong)} of {len(every)} do not hold", wrong)

        others = [each for name, each in signature(test).parameters.items() if name not in own]
        # pytest reads from here which fixtures there are to be.
        del asked.__wrapped__  # type: ignore[attr-defined]
        asked.__signature__ = Signature(others)  # type: ignore[attr-defined]
        return asked

    return of
