"""Whether a text repeats another, however it is spaced, accented, capitalised or punctuated.

What was said in a session may not stand word for word in a file that others read, as joining the
two would name the family (docs/decisions/0044).
"""

import unicodedata

# Anybody may write fewer words in a row: "call the landlord".
TELLING = 4


def repeats(text: str, words: str) -> bool:
    """Whether the words are the same, or one text stands in the other and is long enough."""
    one, other = normal(text), normal(words)
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    return len(shorter.split()) >= TELLING and f" {shorter} " in f" {longer} "


def normal(text: str) -> str:
    """The text in lower case without accents and punctuation, its words divided by one space."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    kept = (each if each.isalnum() else " " for each in apart if not unicodedata.combining(each))
    return " ".join("".join(kept).split())
