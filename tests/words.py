"""The catalogues as a translator's tool reads them."""

from functools import cache
from pathlib import Path
from string import Formatter

from babel.messages.pofile import read_po

from services.shared.words import catalogue

FOLDER = Path(catalogue.__file__).parent


@cache
def texts(language: str) -> dict[str, tuple[str, ...]]:
    """Key -> its text, or its texts if it has plural forms."""
    with (FOLDER / f"{language}.po").open("rb") as file:
        found = read_po(file, locale=language)
    return {
        (message.id if isinstance(message.id, str) else message.id[0]): (
            (message.string,) if isinstance(message.string, str) else tuple(message.string)
        )
        for message in found
        if message.id
    }


def names_in(text: str) -> set[str]:
    """What is filled in: "{day}" -> day. Whatever else stands between braces is a fault."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
