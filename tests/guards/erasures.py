"""A ledger and keys outside the database, and cases that come to their end."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from infra.audit.keys import make_keys, read_signer
from infra.erasure.ledger import LedgerFile
from infra.settings import Settings
from services.shared.vault.case_keys import CaseKeys
from services.shared.vault.sealing import Keyring
from tests.people import Network
from workers.chores.erasing import Erasing

GROUND = {"ground": "household_request"}


def with_ledger(settings: Settings, folder: Path, owner_url: str = "") -> Settings:
    outside = folder / "outside"
    outside.mkdir(exist_ok=True)
    return replace(
        settings,
        owner_database_url=owner_url,
        anchor_key=make_keys(outside),
        anchor_file=outside / "anchors.jsonl",
        erasure_ledger=outside / "ledger.jsonl",
    )


def book_of(settings: Settings) -> LedgerFile:
    assert settings.erasure_ledger is not None
    assert settings.anchor_key is not None
    return LedgerFile(settings.erasure_ledger, read_signer(settings.anchor_key))


def keys_of(settings: Settings) -> CaseKeys:
    assert settings.case_keys is not None
    return CaseKeys(settings.case_keys, Keyring(settings.seal_keys))


def erasing_of(settings: Settings) -> Erasing:
    return Erasing(book_of(settings), keys_of(settings))


def set_state(owner: Any, network: Network, case: Any, state: str) -> None:
    """As the command that closes cases does, whose it is to say why."""
    with owner.transaction(clock=network.clock, actor=None) as uow:
        uow.session.connection().exec_driver_sql(
            "UPDATE cases SET state = %s, version = version + 1 WHERE id = %s", (state, case["id"])
        )


def confirmed(network: Network, case: Any) -> Any:
    """Asked for by the reference worker, confirmed by a coordinator; the case is closed."""
    asked = network["rw1"].post(f"/api/v1/cases/{case['id']}/erasure", GROUND)
    return network["coordinator"].post(
        f"/api/v1/erasures/{asked['id']}/confirmation", status=200, If_Match='"v1"'
    )


def canaries(network: Network) -> str:
    """Everything that every table says, as one text."""
    tables = network.rows(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    )
    said = []
    for (table,) in tables:
        for (row,) in network.rows(f"SELECT to_jsonb(t)::text FROM {table} t"):
            said.append(row)
    return "\n".join(said)
