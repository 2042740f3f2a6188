"""What a request can reach: the program's parts, its own id, and its transaction."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import current_app, g

from case_api.auth.bearer import AccessTokens
from case_api.auth.keys import Provider
from case_api.operations.readiness import Readiness
from infra.database import Database
from infra.files.store import DocumentStore
from infra.metrics import Metrics
from infra.settings import Settings
from services.documents.release import Release
from services.shared.actor import Acting
from services.shared.clock import Clock
from services.shared.unit_of_work import UnitOfWork
from services.shared.vault.case_keys import CaseKeys
from services.shared.vault.sealing import Keyring


@dataclass(frozen=True, kw_only=True)
class Maillage:
    """Built once by `case_api.app`; kept in `app.extensions["maillage"]`."""

    settings: Settings
    clock: Clock
    database: Database
    provider: Provider
    tokens: AccessTokens
    readiness: Readiness
    metrics: Metrics
    documents: DocumentStore
    release: Release
    keyring: Keyring
    case_keys: CaseKeys | None


def maillage() -> Maillage:
    parts = current_app.extensions["maillage"]
    assert isinstance(parts, Maillage)
    return parts


def request_id() -> str:
    """The id made here, once per request; what a client sends under this name is ignored."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(16)
    return str(g.request_id)


@contextmanager
def transaction(actor: Acting | None) -> Iterator[UnitOfWork]:
    """This request's unit of work as `actor`: commits on a clean exit, else rolls back."""
    parts = maillage()
    with parts.database.transaction(clock=parts.clock, actor=actor, request_id=request_id()) as uow:
        yield uow
