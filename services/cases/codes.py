"""Opaque case codes such as BX-7K2Q: they say nothing about anybody and can be said aloud."""

import secrets

# Without 0, 1, I and O, which are misheard or misread; 32 symbols, about a million codes.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_code() -> str:
    return "BX-" + "".join(secrets.choice(ALPHABET) for _ in range(4))
