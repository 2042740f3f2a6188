"""The screen of one case, made of what its reference worker may read of it.

It looks for members past and present, dwelling, sealed contacts, names of documents and the people
who work on it, and for nothing of notes. What was sealed is looked for and never shown: a finding
says where in the proposer's own words it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, text

from services.cases.household.sealed_contacts import compartments, sealed_field
from services.households.model import Member, Tenancy
from services.households.sealed_contacts import SealedField
from services.intervisions.screening.folding import bare
from services.intervisions.screening.regions import communes_of, names_of, region_of
from services.intervisions.screening.screen import CaseIdentifiers, Screen
from services.network.courts.queries import courts
from services.shared.actor import Actor
from services.shared.categories import Category
from services.shared.unit_of_work import UnitOfWork
from services.shared.vault.case_keys import CaseKeys
from services.shared.vault.sealing import Keyring

# Pseudonyms that say no more than a role in the family.
_ROLES = frozenset(
    {"adult", "adulte", "volwassene", "child", "enfant", "kind", "mere", "pere", "moeder", "vader"}
    | {
        "mother",
        "father",
        "parent",
        "tenant",
        "locataire",
        "huurder",
        "ouder",
        "madame",
        "monsieur",
        "mevrouw",
        "meneer",
        "fils",
    }
    | {"fille", "zoon", "dochter", "son", "daughter", "baby", "bebe"}
)
_PEOPLE = text(
    """
    SELECT x.name, o.name FROM professionals x JOIN organisations o ON o.id = x.organisation_id
    WHERE x.id IN (SELECT a.professional_id FROM reference_assignments a WHERE a.case_id = :case
                   UNION SELECT p.professional_id FROM participations p WHERE p.case_id = :case)
    """
)
_FILES = text("SELECT original_name FROM readable_document_versions WHERE case_id = :case")
_ROLLS = text("SELECT roll_number FROM procedures WHERE case_id = :case AND roll_number <> ''")


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The keys that open sealed contacts for the screen."""

    keyring: Keyring
    case_keys: CaseKeys | None


def screen_of(case_id: UUID, keys: Keys, *, actor: Actor, uow: UnitOfWork) -> Screen:
    """Build the screen of a case; this is logged as a reading of the case."""
    uow.read(case_id, "identifiers", Category.IDENTITY | Category.TENANCY, actor=actor)
    known = courts(uow=uow)
    dwellings = list(uow.session.scalars(select(Tenancy).where(Tenancy.case_id == case_id)))
    people = uow.session.execute(_PEOPLE, {"case": case_id}).all()
    sealed = dict(_sealed(case_id, keys, actor=actor, uow=uow))
    files = uow.session.scalars(_FILES, {"case": case_id})
    rolls = uow.session.scalars(_ROLLS, {"case": case_id})
    identifiers = CaseIdentifiers(
        names=(*_names(case_id, uow=uow), *(each.landlord for each in dwellings if each.landlord)),
        addresses=(
            *(each.address for each in dwellings if each.address),
            *sealed.get(SealedField.ADDRESS, ()),
        ),
        places=names_of(_places(case_id, uow=uow), known),
        phones=tuple(sealed.get(SealedField.PHONE, ())),
        documents=(*files, *rolls),
        professionals=tuple(sorted(name for name, _ in people)),
        organisations=tuple(sorted({house for _, house in people})),
    )
    return Screen(identifiers=identifiers, communes=communes_of(known))


def region(case_id: UUID, *, uow: UnitOfWork) -> str | None:
    """The region of a case, which is all that peers learn of where it is."""
    return region_of(_places(case_id, uow=uow), courts(uow=uow))


def _names(case_id: UUID, *, uow: UnitOfWork) -> Iterator[str]:
    for each in uow.session.scalars(select(Member).where(Member.case_id == case_id)):
        yield from (name for name in (each.given_name, each.family_name) if name)
        if bare(each.pseudonym) not in _ROLES and len(bare(each.pseudonym)) > 2:
            yield each.pseudonym


def _places(case_id: UUID, *, uow: UnitOfWork) -> list[str | None]:
    codes = select(Tenancy.postal_code).where(Tenancy.case_id == case_id)
    commune = uow.session.scalar(select(func.commune_of(case_id)))
    return [*uow.session.scalars(codes), commune]


def _sealed(
    case_id: UUID, keys: Keys, *, actor: Actor, uow: UnitOfWork
) -> Iterator[tuple[SealedField, list[str]]]:
    held = compartments(case_id, actor=actor, uow=uow)
    has = {
        SealedField.ADDRESS: [each.member_id for each in held if each.has_address],
        SealedField.PHONE: [each.member_id for each in held if each.has_phone],
    }
    for field, members in has.items():
        yield (
            field,
            [
                sealed_field(
                    case_id,
                    member,
                    field,
                    keyring=keys.keyring,
                    case_keys=keys.case_keys,
                    actor=actor,
                    uow=uow,
                )[1]
                for member in members
            ],
        )
