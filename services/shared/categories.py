"""The categories of data that a household opens or keeps closed (design §4).

One bit each, so that what a person may read of a case is one integer mask.
"""

import json
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


def as_sql() -> str:
    """The same in SQL, constants by the time a statement is planned: category_bit('tenancy') is 2,
    every_bit() all of them; opens(mask, 'tenancy') says whether it is in a mask, is_sensitive(mask)
    whether any is that is closed by default.
    """
    bits = json.dumps({name: int(category) for name, category in NAMES.items()})
    declared = "LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT"
    return f"""
    CREATE OR REPLACE FUNCTION category_bit(name text) RETURNS int {declared}
      ('{bits}'::jsonb -> name)::int $$;
    CREATE OR REPLACE FUNCTION every_bit() RETURNS int {declared} {int(ALL)} $$;
    CREATE OR REPLACE FUNCTION ordinary_bits() RETURNS int {declared} {int(ALL & ~SENSITIVE)} $$;
    CREATE OR REPLACE FUNCTION opens(mask int, category text) RETURNS boolean {declared}
      mask & category_bit(category) <> 0 $$;
    CREATE OR REPLACE FUNCTION is_sensitive(mask int) RETURNS boolean {declared}
      mask & {int(SENSITIVE)} <> 0 $$;
    """
