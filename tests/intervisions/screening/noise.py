"""What people, keyboards and scanners make of a name or a number."""

import random


def same(words: str, chance: random.Random) -> str:
    return words


def accents_off(words: str, chance: random.Random) -> str:
    return unaccented(words, keep_case=True)


def accents_off_upper(words: str, chance: random.Random) -> str:
    return unaccented(words, keep_case=True).upper()


def other_joints(words: str, chance: random.Random) -> str:
    joint = chance.choice(("\u00a0", "\u2011", "\u2013", "  ", " - ", "\u00ad"))
    return words.replace("-", joint).replace(" ", joint if joint.strip() == "" else " ")


def spaced_out(words: str, chance: random.Random) -> str:
    return chance.choice((" ", "\u00a0", "-")).join(words.replace(" ", "").replace("-", ""))


def dotted(words: str, chance: random.Random) -> str:
    return ".".join(words.replace(" ", ""))


def one_space(words: str, chance: random.Random) -> str:
    if len(words) < 5:
        return words
    place = chance.randrange(2, len(words) - 1)
    return f"{words[:place].rstrip()} {words[place:].lstrip()}"


def misread(words: str, chance: random.Random) -> str:
    """What a scanner makes of print; one or two signs of a word."""
    said = list(words)
    wrong = {
        "o": "0", "O": "0", "l": "1I", "I": "1l", "i": "1", "S": "5", "s": "5", "m": ("rn",),
        "B": "8", "é": "ée"[:1] + "e", "z": "2",
    }  # fmt: skip
    known = [place for place, sign in enumerate(said) if sign in wrong]
    for place in chance.sample(known, min(len(known), 2)):
        upper = "".join(words).isupper()
        choices = [each for each in wrong[said[place]] if not (upper and each == "l")]
        said[place] = chance.choice(choices or [said[place]])
    whole = "".join(said)
    return whole.replace("rn", "m", 1) if "rn" in words and chance.random() < 0.5 else whole


def genitive(words: str, chance: random.Random) -> str:
    return words + chance.choice(("'s", "s", "\u2019s", "'"))


def particles_glued(words: str, chance: random.Random) -> str:
    return words.replace(" ", "").capitalize() if " " in words else words


def typed_wrong(words: str, chance: random.Random) -> str:
    """A doubled letter in a long word."""
    if len(words) < 8 or not words.isalpha():
        return words
    place = chance.randrange(2, len(words) - 1)
    return words[:place] + words[place] + words[place:]


def misread_digits(words: str, chance: random.Random) -> str:
    signs = {"0": "O", "1": "l", "5": "S", "8": "B"}
    places = [place for place, sign in enumerate(words) if sign in signs]
    for place in chance.sample(places, min(len(places), 2)):
        words = words[:place] + signs[words[place]] + words[place + 1 :]
    return words


def grouped(digits: str, chance: random.Random, joint: str) -> str:
    head, tail = digits[:-6], digits[-6:]
    size = chance.choice((2, 3))
    parts = [tail[place : place + size] for place in range(0, 6, size)]
    return joint.join([head, *parts])


def unaccented(words: str, *, keep_case: bool = False) -> str:
    table = str.maketrans("éèêëàâäïîôöùûüçÉÈÀÖÇñ", "eeeeaaaiioouuucEEAOCn")
    plain = words.translate(table)
    return plain if keep_case else "".join(e for e in plain.lower() if e.isalnum())
