"""Write a line of the ledger of arrears, and read it with its balance (F06)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.consent.policy import require_category, require_team
from services.consent.queries import access_to, log_team_read
from services.documents.model import Document
from services.evictions.terms.arrears_model import ArrearsEntry, EntryKind, require_amount
from services.shared.actor import Actor
from services.shared.categories import Category
from services.shared.loading import load_of
from services.shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class RecordArrears:
    case_id: UUID
    day: date
    kind: EntryKind
    amount_eur: Decimal
    words: str | None = None
    document_id: UUID | None = None


def record_arrears(cmd: RecordArrears, *, actor: Actor, uow: UnitOfWork) -> ArrearsEntry:
    """Write a line, as any member of the team who sees the tenancy may; nobody changes it later."""
    access = access_to(cmd.case_id, uow=uow)
    require_team(access)
    require_category(access, Category.TENANCY)
    require_amount(cmd.kind, cmd.amount_eur)
    if cmd.document_id is not None:
        load_of(Document, cmd.document_id, cmd.case_id, uow=uow)
    entry = ArrearsEntry(**vars(cmd), recorded_by=actor.id, recorded_at=uow.now())
    uow.session.add(entry)
    uow.session.flush()
    after = {"kind": entry.kind, "day": entry.day, "document": entry.document_id}
    uow.record("record_arrears", entry, actor=actor, case_id=cmd.case_id, after=after)
    return entry


@dataclass(frozen=True)
class ArrearsView:
    """The ledger: `balance_eur` is what is owed, negative if too much was paid.

    `months_of_rent`: the balance in months of the rent that is known now, cut off after one
    decimal; None without a rent.
    """

    balance_eur: Decimal
    months_of_rent: Decimal | None
    entries: list[dict[str, Any]]


# Amounts leave the database as text: neither JSON nor a float ever holds them as a number.
_LEDGER = text(
    """
    SELECT coalesce(sum(CASE a.kind WHEN 'payment' THEN -a.amount_eur ELSE a.amount_eur END), 0),
           (SELECT t.rent_eur FROM tenancies t WHERE t.case_id = :case),
           coalesce(json_agg(json_build_object('id', a.id, 'day', a.day, 'kind', a.kind,
             'amount_eur', a.amount_eur::text, 'words', a.words, 'document_id', a.document_id,
             'recorded_by', a.recorded_by, 'recorded_at', a.recorded_at)
             ORDER BY a.day, a.recorded_at, a.id), '[]')
    FROM arrears_entries a
    JOIN may_see s ON s.case_id = a.case_id AND s.in_team AND opens(s.mask, 'tenancy')
    WHERE a.case_id = :case
    """
)


def arrears(case_id: UUID, *, actor: Actor, uow: UnitOfWork) -> ArrearsView:
    """The ledger of a case; empty for a member of the team who may not read the tenancy."""
    log_team_read(case_id, "arrears", actor=actor, uow=uow, mask=int(Category.TENANCY))
    balance, rent, entries = uow.session.execute(_LEDGER, {"case": case_id}).one()
    return ArrearsView(balance, months_of_rent(balance, rent), entries)


def months_of_rent(balance: Decimal, rent: Decimal | None) -> Decimal | None:
    """The balance in months of rent; what is not a full tenth of a month does not count."""
    if not rent or balance <= 0:
        return None if not rent else Decimal("0.0")
    return Decimal(int(balance * 10 / rent)) / 10
