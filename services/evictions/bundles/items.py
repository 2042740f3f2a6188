"""What belongs in a defence bundle under each regime: data, read from `rules/bundle.toml`."""

from dataclasses import dataclass
from functools import lru_cache

from services.evictions.counting import rulefile
from services.evictions.counting.rulefile import RULES, Fields, Words
from services.evictions.law.regimes import regimes


@dataclass(frozen=True, kw_only=True, slots=True)
class BundleItem:
    """An item of the checklist; `regimes` is None where every regime asks for it.

    `consent`: the piece goes in only with the household's consent.
    """

    code: str
    names: Words
    required: bool
    consent: bool
    regimes: frozenset[str] | None

    def belongs_to(self, regime: str) -> bool:
        return self.regimes is None or regime in self.regimes


def items_of(regime: str) -> dict[str, BundleItem]:
    """The items that this regime asks for, by code, in the order of the pieces."""
    return {each.code: each for each in every_item() if each.belongs_to(regime)}


@lru_cache(maxsize=1)
def every_item() -> tuple[BundleItem, ...]:
    file = RULES / "bundle.toml"
    return read_items(rulefile.read_file(file), file.name)


def read_items(source: str, name: str) -> tuple[BundleItem, ...]:
    """Every item of the file; RuleFileError, which names the line, for a broken one."""
    top = rulefile.read_fields(source, name)
    found = tuple(_item(fields) for fields in top.rows("item", key="code"))
    top.finish()
    return found


def _item(fields: Fields) -> BundleItem:
    item = BundleItem(
        code=fields.take("code", rulefile.text),
        names=fields.take("names", rulefile.words),
        required=fields.take("required", rulefile.flag),
        consent=fields.maybe("consent", rulefile.flag) or False,
        regimes=fields.maybe("regimes", _regimes),
    )
    fields.finish()
    return item


def _regimes(value: object) -> frozenset[str]:
    if not isinstance(value, list) or not set(value) <= regimes().keys():
        raise ValueError(f"a list of {', '.join(regimes())} is expected")
    return frozenset(value)
