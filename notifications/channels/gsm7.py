"""The alphabet in which one SMS holds 160 characters (3GPP TS 23.038 §6.2.1)."""

ROOM = 160
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Behind an escape, which takes a place of its own.
_EXTENDED = frozenset("\f^{}\\[~]|€")


def length(text: str) -> int | None:
    """How many of the places it takes; None if a character is not in the alphabet."""
    if not set(text) <= _BASIC | _EXTENDED:
        return None
    return len(text) + sum(character in _EXTENDED for character in text)


def fits(text: str) -> bool:
    """Whether it is one SMS."""
    taken = length(text)
    return taken is not None and taken <= ROOM
