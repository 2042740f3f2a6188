"""What is dear to make is made once a process: lent to one test at a time, kept for the next."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Shelf(Generic[Thing]):
    """Things of one kind. A test that needs two at once gets two."""

    def __init__(self) -> None:
        self._free: list[Thing] = []

    @contextmanager
    def lent(self, make: Callable[[], Thing]) -> Iterator[Thing]:
        """One that is free; if none is, a new one."""
        thing = self._free.pop() if self._free else make()
        try:
            yield thing
        finally:
            self._free.append(thing)
