"""Whether a text is another one again, however it is spaced, accented, capitalised or punctuated.

What was said in a session is not found word for word in a file that others read: joining the two
would name the family (docs/decisions/0044).
"""

import unicodedata

# Fewer words than these in a row are anybody's: "call the landlord".
TELLING = 4


def repeats(text: str, words: str) -> bool:
    """The same words, or the whole of one within the other if it is long enough to be known by."""
    one, other = normal(text), normal(words)
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    return len(shorter.split()) >= TELLING and f" {shorter} " in f" {longer} "


def normal(text: str) -> str:
    """Letters and digits in lower case without their accents, in words divided by one space."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    kept = (each if each.isalnum() else " " for each in apart if not unicodedata.combining(each))
    return " ".join("".join(kept).split())
