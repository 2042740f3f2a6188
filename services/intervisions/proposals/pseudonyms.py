"""The name of one proposal in one session: it is drawn, never derived from anybody's name.

The same case has another in each session, so that no peer meets it twice (security.md case 9).
"""

import secrets
from collections.abc import Collection

# Neutral in the three languages: no person, no place, nothing that says more than the next.
_TREES = (
    "Acacia", "Alder", "Ash", "Aspen", "Beech", "Birch", "Cedar", "Cherry", "Chestnut", "Cypress",
    "Elder", "Elm", "Fir", "Ginkgo", "Hawthorn", "Hazel", "Hornbeam", "Juniper", "Larch", "Lime",
    "Magnolia", "Maple", "Medlar", "Mulberry", "Oak", "Pear", "Pine", "Plane", "Plum", "Poplar",
    "Quince", "Rowan", "Spruce", "Sycamore", "Walnut", "Willow", "Yew",
)  # fmt: skip
_NUMBERS = range(10, 100)


def new_pseudonym(taken: Collection[str]) -> str:
    """A name such as "Hazel 47" that is not among `taken`."""
    while True:
        drawn = f"{secrets.choice(_TREES)} {secrets.choice(_NUMBERS)}"
        if drawn not in taken:
            return drawn
