"""Synthetic texts in French, Dutch and English, with and without identifiers of an invented case.

Everything here is made of lists and a seed; nothing is a person. The noise is this file's own: it
shares no line with the screen it is to be measured against.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.intervisions.screening.noise import (
    accents_off,
    accents_off_upper,
    dotted,
    genitive,
    grouped,
    misread,
    misread_digits,
    one_space,
    other_joints,
    particles_glued,
    same,
    spaced_out,
    typed_wrong,
    unaccented,
)
from tests.intervisions.screening.words import (
    ENDINGS,
    FAMILY_NAMES,
    GIVEN_NAMES,
    HARMLESS,
    LEADS,
    MONTHS,
    ORGANISATIONS,
    PLACES,
    STREETS,
)

LANGUAGES = ("fr", "nl", "en")


@dataclass
class InventedCase:
    names: list[str]
    addresses: list[str]
    places: list[str]
    phones: list[str]
    numbers: list[str]
    plates: list[str]
    emails: list[str]
    documents: list[str]
    organisations: list[str]


@dataclass
class Written:
    """A text, and where in it something stands that names somebody."""

    language: str
    case: InventedCase
    text: str = ""
    planted: list[tuple[int, int, str]] = field(default_factory=list)

    def add(self, words: str, kind: str | None = None) -> None:
        if kind is not None:
            self.planted.append((len(self.text), len(self.text) + len(words), kind))
        self.text += words


def texts(count: int, *, seed: int, planted: bool) -> Iterator[Written]:
    chance = random.Random(seed)
    for number in range(count):
        written = Written(LANGUAGES[number % 3], invented_case(chance))
        write(written, chance, planted=planted)
        yield written


def write(written: Written, chance: random.Random, *, planted: bool) -> None:
    spots = set(chance.sample(range(6), chance.randint(1, 4))) if planted else set()
    for spot in range(6):
        written.add(chance.choice(HARMLESS[written.language]) + " ")
        if spot in spots:
            kind, words = identifier(written, chance)
            written.add(chance.choice(LEADS[written.language][kind]))
            written.add(words, kind)
            written.add(chance.choice(ENDINGS) + " ")


def invented_case(chance: random.Random) -> InventedCase:
    given = chance.sample(GIVEN_NAMES, 3)
    family = chance.sample(FAMILY_NAMES, 2)
    double = chance.random() < 0.2
    place, _ = chance.choice(PLACES)
    surname = f"{family[0]}-{family[1]}" if double else family[0]
    street = chance.choice(STREETS)
    sign = chance.choice(("", "", "", " bte 3", " bus 12", "/4"))
    first = chance.choice(given)
    return InventedCase(
        names=[*given, surname, family[1]],
        addresses=[f"{street} {chance.randint(1, 399)}{sign}"],
        places=[place],
        phones=[_phone(chance), _phone(chance)],
        numbers=[_national_number(chance)],
        plates=[_plate(chance)],
        emails=[f"{unaccented(first)}.{unaccented(family[0])}@mail.example"],
        documents=[f"{chance.choice(('bail', 'huur', 'brief'))}_{chance.randint(1000, 9999)}.pdf"],
        organisations=[chance.choice(ORGANISATIONS)],
    )


def identifier(written: Written, chance: random.Random) -> tuple[str, str]:
    """One identifier of the case, or one that every Belgian text may hold, with noise."""
    kind = chance.choice(tuple(_KINDS))
    return kind, _KINDS[kind](written, chance)


def _name(written: Written, chance: random.Random) -> str:
    words = chance.choice(written.case.names)
    if "-" in words and chance.random() < 0.4:
        words = chance.choice(words.split("-"))
    noise = chance.choice(
        (same, accents_off, str.upper, accents_off_upper, other_joints, spaced_out, dotted,
         one_space, misread, genitive, particles_glued, typed_wrong)
    )  # fmt: skip
    return noise(words, chance) if noise is not str.upper else words.upper()


def _address(written: Written, chance: random.Random) -> str:
    street, number = _parted(written.case.addresses[0])
    form = chance.randrange(6)
    if form == 0:
        return street
    if form == 1:
        return accents_off(f"{street} {number}", chance)
    if form == 2:
        return f"{number}, {street}"
    if form == 3:
        return _shortened(street) + f" {number}"
    if form == 4:
        return misread(street, chance)
    return other_joints(f"{street}, {number}", chance).lower()


def _other_street(written: Written, chance: random.Random) -> str:
    return f"{chance.choice(STREETS)} {chance.randint(1, 250)}{chance.choice(('', 'A', 'b'))}"


def _place(written: Written, chance: random.Random) -> str:
    name, code = chance.choice(PLACES)
    joint = chance.choice((" ", "\u00a0", ", ", "  "))
    return f"{chance.choice(('', 'B-'))}{code}{joint}{chance.choice((name, name.upper()))}"


def _own_place(written: Written, chance: random.Random) -> str:
    return accents_off(written.case.places[0], chance)


def _phone_said(written: Written, chance: random.Random) -> str:
    digits = chance.choice((chance.choice(written.case.phones), _phone(chance)))
    if chance.random() < 0.4:
        digits = chance.choice(("+32", "0032", "+32 (0)", "+32 ")) + digits[1:]
    joint = chance.choice(("", " ", ".", "-", "/", "\u00a0", "\u202f"))
    said = grouped(digits, chance, joint)
    return misread_digits(said, chance) if chance.random() < 0.3 else said


def _national(written: Written, chance: random.Random) -> str:
    number = chance.choice((written.case.numbers[0], _national_number(chance)))
    a, b, c, d, e = number[:2], number[2:4], number[4:6], number[6:9], number[9:]
    said = chance.choice(
        (number, f"{a}.{b}.{c}-{d}.{e}", f"{a} {b} {c} {d} {e}", f"{a}{b}{c}-{d}{e}",
         f"{a}.{b}.{c} {d}-{e}", f"{a}\u00a0{b}\u00a0{c}\u00a0{d}\u00a0{e}", " ".join(number))
    )  # fmt: skip
    return misread_digits(said, chance) if chance.random() < 0.3 else said


def _account(written: Written, chance: random.Random) -> str:
    body = f"{chance.randint(0, 10**10 - 1):010d}"
    body += f"{int(body) % 97 or 97:02d}"
    check = 98 - int(f"{body}111400") % 97
    whole = f"BE{check:02d}{body}"
    joint = chance.choice(("", " ", "-", "\u00a0"))
    return joint.join(whole[place : place + 4] for place in range(0, 16, 4))


def _plate_said(written: Written, chance: random.Random) -> str:
    plate = chance.choice((written.case.plates[0], _plate(chance)))
    form = chance.randrange(5)
    if form == 0:
        return plate.replace("-", "")
    if form == 1 and plate[0].isdigit():
        return plate.replace("-", " ")
    if form == 2 and plate in written.case.plates:
        return plate.lower()
    return plate.replace("-", chance.choice((".", " - ", "\u2011"))) if form == 3 else plate


def _email(written: Written, chance: random.Random) -> str:
    address = written.case.emails[0]
    return chance.choice(
        (address, address.upper(), address.replace("@", " @ "), address.replace("@", "(at)"),
         address.replace(".", " . "))
    )  # fmt: skip


def _date(written: Written, chance: random.Random) -> str:
    day, month = chance.randint(1, 28), chance.randint(1, 12)
    year = chance.randint(1950, 2026)
    named = MONTHS[written.language][month - 1]
    said = chance.choice(
        (f"{day:02d}/{month:02d}/{year}", f"{day}.{month}.{year}", f"{day} {named} {year}",
         f"{year}-{month:02d}-{day:02d}", f"{day}-{month}-{year % 100:02d}", f"{day} {named}",
         f"{day} / {month} / {year}", f"{day:02d}/{month:02d}/{year}",
         f"{day}\u00a0{named}\u00a0{year}", f"{day} {named.upper()} {year}")
    )  # fmt: skip
    return misread_digits(said, chance) if year % 5 == 0 and "/" in said else said


def _code(written: Written, chance: random.Random) -> str:
    letters = "".join(chance.choices("23456789ABCDEFGHJKLMNPQRSTUVWXYZ", k=4))
    return chance.choice(
        (f"BX-{letters}", f"bx-{letters.lower()}", f"BX {letters}", f"Bx_{letters}")
    )


def _document(written: Written, chance: random.Random) -> str:
    name = written.case.documents[0]
    return chance.choice((name, name.upper(), name.removesuffix(".pdf"), name.replace("_", " ")))


def _organisation(written: Written, chance: random.Random) -> str:
    name = written.case.organisations[0]
    return chance.choice(
        (name, name.upper(), accents_off(name, chance), name.replace(" ", "\u00a0"))
    )


_KINDS: dict[str, Callable[[Written, random.Random], str]] = {
    "name": _name, "address": _address, "other_street": _other_street, "place": _place,
    "own_place": _own_place, "phone": _phone_said, "national_number": _national,
    "bank_account": _account, "plate": _plate_said, "email": _email, "date": _date,
    "case_code": _code, "document": _document, "organisation": _organisation,
}  # fmt: skip


def _shortened(street: str) -> str:
    for long, short in (
        ("Rue ", "r. "), ("Avenue ", "Av. "), ("Boulevard ", "Bd "), ("Chaussée ", "Ch. "),
        ("straat", "str."), ("Place ", "Pl. "),
    ):  # fmt: skip
        if long in street:
            return street.replace(long, short)
    return street


def _parted(address: str) -> tuple[str, str]:
    words = address.split(" ")
    place = next(n for n, each in enumerate(words) if each[0].isdigit())
    return " ".join(words[:place]), words[place].partition("/")[0]


def _phone(chance: random.Random) -> str:
    if chance.random() < 0.6:
        return f"04{chance.choice('6789')}{chance.randint(0, 9999999):07d}"
    return f"0{chance.choice('2349')}{chance.randint(2000000, 9999999)}"


def _national_number(chance: random.Random) -> str:
    year = chance.randint(1940, 2020)
    body = f"{year % 100:02d}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"
    body += f"{chance.randint(1, 997):03d}"
    rest = int(body if year < 2000 else f"2{body}") % 97
    return f"{body}{97 - rest:02d}"


def _plate(chance: random.Random) -> str:
    letters = "".join(chance.choices("ABCDEFGHJKLNPRSTUVXY", k=3))
    number = f"{chance.randint(1, 999):03d}"
    return (
        f"{letters}-{number}"
        if chance.random() < 0.2
        else f"{chance.randint(1, 2)}-{letters}-{number}"
    )
