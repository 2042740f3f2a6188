"""The categories of data that a household opens or keeps closed (design §4).

One bit each, so that what a person may read of a case is one integer mask.
"""

from enum import IntFlag
from functools import reduce


class Category(IntFlag):
    IDENTITY = 1
    TENANCY = 2
    PROCEDURE = 4
    INCOME = 8
    FAMILY = 16
    WORK = 32
    HEALTH = 64
    VIOLENCE = 128
    DETENTION = 256
    RESIDENCE = 512


ALL = Category(1023)
# Closed by default: only a provision that names them opens them.
SENSITIVE = Category.HEALTH | Category.VIOLENCE | Category.DETENTION | Category.RESIDENCE
NAMES = {c.name.lower(): c for c in Category if c.name}


def mask_of(names: list[str]) -> Category:
    """The mask of category names. KeyError on an unknown name."""
    return reduce(lambda mask, name: mask | NAMES[name], names, Category(0))


def names_of(mask: int) -> list[str]:
    """Category names in a mask, in the order of the bits."""
    return [name for name, bit in NAMES.items() if mask & bit]


def name_of(bit: int) -> str:
    """The name of one category. KeyError unless it is exactly one."""
    return {int(category): name for name, category in NAMES.items()}[bit]
