"""The Idempotency-Key of a POST (draft-ietf-httpapi-idempotency-key): one effect, one answer."""

import hashlib
import re
from dataclasses import dataclass

from flask import Response, request

from case_api.problems import Problem
from services.shared import idempotency
from services.shared.actor import Acting
from services.shared.idempotency import StoredAnswer
from services.shared.unit_of_work import UnitOfWork

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


@dataclass(frozen=True)
class Attempt:
    """This request under its key. Errors are not kept: they roll the key back with the effects."""

    key: str
    request_hash: bytes
    actor: Acting

    def earlier_answer(self, uow: UnitOfWork) -> Response | None:
        """The answer given before; waits while the same request is being answered elsewhere."""
        stored = idempotency.claim(self.key, self.request_hash, actor=self.actor, uow=uow)
        if stored is None:
            return None
        response = Response(stored.body, stored.status)
        response.headers.clear()
        response.headers.update(stored.headers)
        response.headers[REPLAYED] = "true"
        return response

    def keep(self, response: Response, uow: UnitOfWork) -> None:
        answer = StoredAnswer(
            status=response.status_code,
            headers=dict(response.headers),
            body=response.get_data(),
        )
        shown = uow.cases[-1] if uow.cases else None
        idempotency.keep(self.key, answer, shown, actor=self.actor, uow=uow)


def current_attempt(actor: Acting | None, content: bytes | None = None) -> Attempt | None:
    """None unless a known person sends a POST with a key; 400 for a key that is none.

    `content` stands for the body where that is a file: what it says, without its boundaries.
    """
    if actor is None or request.method != "POST" or HEADER not in request.headers:
        return None
    key = request.headers[HEADER]
    if not _KEY.fullmatch(key):
        raise Problem(400, "idempotency-key-malformed")
    return Attempt(key, _request_hash(content), actor)


def _request_hash(content: bytes | None) -> bytes:
    digest = hashlib.sha256(f"{request.method} {request.full_path}\n".encode())
    digest.update(request.get_data() if content is None else content)
    return digest.digest()
