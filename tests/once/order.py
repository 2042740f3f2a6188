"""The plugin that says in which order tests are given to processes.

Each process is given half of them in this order and takes from the end of what the other has left.
First come those who share what is dear to put in place, so that one process does it; last the
small ones, so that both end together.
"""

import pytest

FIRST = ("tests/security/", "tests/journeys/test_one_life.py")
LAST = ("tests/architecture/", "tests/evictions/counting/", "tests/evictions/law/", "tests/http/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    if item.nodeid.startswith(FIRST):
        return 0
    return 2 if item.nodeid.startswith(LAST) else 1
