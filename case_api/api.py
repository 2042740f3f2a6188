"""How a feature declares its operations: parse, open the transaction, call, answer, commit.

    api = Blueprint("cases", __name__, description="…", url_prefix="/api/v1")

    @api.command("POST", "/cases", takes=OpenCaseIn, gives=CaseOut, status=201, summary="…")
    def open_case(data, *, actor, uow): ...

The answer is built inside the transaction and sent only if the commit succeeds; routes contain
neither `try` nor `with`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import flask
from flask import Response
from marshmallow import Schema

from case_api import errors
from case_api.auth.callers import current_actor
from case_api.auth.gate import for_household
from case_api.auth.gate import public as mark_public
from case_api.auth.household import current_member, visitor
from case_api.auth.step_up import require_fresh_login
from case_api.context import transaction
from case_api.http import etags, idempotency, paging
from case_api.http.downloads import Attachment, Printout, refuse_range, send
from case_api.http.json_input import load_body, load_query, refuse_body
from case_api.http.limits import require_within_limit
from case_api.http.operation import Operation
from case_api.http.paging import Page
from case_api.http.replies import Reply, respond
from case_api.http.uploads import fingerprint, load_upload
from services.shared.actor import Acting
from services.shared.attempts import Limit
from services.shared.errors import DomainError

__all__ = ["Attachment", "Blueprint", "Limit", "Operation", "Page", "Printout", "Reply"]

View = Callable[..., Any]


class Blueprint(flask.Blueprint):
    """Collects the operations of one feature; its name is their tag in the OpenAPI document."""

    def __init__(self, name: str, import_name: str, *, description: str, url_prefix: str) -> None:
        super().__init__(name, import_name, url_prefix=url_prefix)
        self.description = description
        self.operations: list[Operation] = []

    def command(
        self,
        method: str,
        rule: str,
        *,
        summary: str,
        takes: Any = None,
        may_be_empty: bool = False,
        gives: Any = None,
        status: int | None = None,
        location: str | None = None,
        expects_version: bool = False,
        public: bool = False,
        household: bool = False,
        step_up: bool = False,
        limit: Limit | None = None,
        counts_tries: bool = False,
        keeps_answer: bool = True,
        description: str = "",
    ) -> Callable[[View], View]:
        """A change. The view gets (data, **path, actor, uow[, version]); data only if it takes.

        `location`: where the answer can be read again, under this feature's prefix (`/cases/{id}`).
        `expects_version`: If-Match is required, and its number is passed on as `version`.
        `step_up`: 401 unless the caller has just logged in. `limit`: 429 beyond so many attempts.
        `counts_tries`: the view counts for itself, and may return a TooMuch.
        Without `keeps_answer` an Idempotency-Key is not looked at, and the answer stored nowhere.
        """
        shape = {
            "method": method.upper(),
            **{"takes": _instance(takes), "may_be_empty": may_be_empty},
            "status": status or (204 if gives is None else 200),
            "location": location,
            "expects_version": expects_version,
            **{"step_up": step_up, "limit": limit, "counts_tries": counts_tries},
            "keeps_answer": keeps_answer,
            **{"public": public, "household": household},
            **{"summary": summary, "description": description},
        }
        return self._operation(rule, gives, shape)

    def query(
        self,
        rule: str,
        *,
        summary: str,
        gives: Any,
        args: type[Schema] | None = None,
        paged: bool = False,
        cursor: tuple[type, ...] = (),
        public: bool = False,
        household: bool = False,
        step_up: bool = False,
        description: str = "",
    ) -> Callable[[View], View]:
        """A read. The view gets ([args,] **path, actor, uow); args if it has any or is paged.

        `gives=[XOut]` or `paged`: the answer is {"items": […]}. Paged: `args["limit"]`, and
        `args["cursor"]`, which is what the view gave as `Page.next_cursor`, or None: a text, or
        a tuple of the types in `cursor` (str, int, UUID, date, datetime).
        """
        shape = {
            "method": "GET",
            "args": _instance(_with_page_args(args) if paged else args),
            "paged": paged,
            "cursor": cursor,
            "step_up": step_up,
        }
        words = {"summary": summary, "description": description}
        return self._operation(
            rule, gives, {**shape, **words, "public": public, "household": household}
        )

    def upload(
        self,
        rule: str,
        *,
        summary: str,
        takes: Any,
        gives: Any,
        location: str,
        status: int = 201,
        table: bool = False,
        limit: Limit | None = None,
        description: str = "",
    ) -> Callable[[View], View]:
        """A POST of multipart/form-data. The view gets (data, **path, actor, uow); `data["file"]`
        was judged before and is kept by the command (`infra.files.intake.Received`). `table`: it is
        read and never kept (`case_api.uploads.Table`).
        """
        shape = {"method": "POST", "takes": _instance(takes), "status": status, "upload": True}
        shape |= {"location": location, "table": table, "limit": limit}
        return self._operation(
            rule, gives, {**shape, "summary": summary, "description": description}
        )

    def download(
        self,
        rule: str,
        *,
        summary: str,
        args: type[Schema] | None = None,
        household: bool = False,
        limit: Limit | None = None,
        description: str = "",
    ) -> Callable[[View], View]:
        """A file. The view gets ([args,] **path, actor, uow) and returns an `Attachment`, or a
        `Printout` if it is still to be made."""
        shape = {"method": "GET", "args": _instance(args), "download": True, "limit": limit}
        words = {"summary": summary, "description": description}
        return self._operation(rule, None, {**shape, **words, "household": household})

    def _operation(self, rule: str, gives: Any, shape: dict[str, Any]) -> Callable[[View], View]:
        listing = shape.get("paged", False) or isinstance(gives, list)
        schema = _instance(gives[0] if isinstance(gives, list) else gives)
        under = shape.get("location")
        location = None if under is None else f"{self.url_prefix}{under}"

        def declare(view: View) -> View:
            operation = Operation(
                name=view.__name__,
                rule=f"{self.url_prefix}{rule}",
                gives=schema,
                listing=listing,
                **shape | {"location": location},
            )
            self.operations.append(operation)

            @wraps(view)
            def answer(**path: Any) -> Response:
                return run(operation, view, path)

            mark = for_household if operation.household else mark_public
            marked = operation.household or operation.public
            self.add_url_rule(
                rule,
                view.__name__,
                mark(answer) if marked else answer,
                methods=[operation.method],
            )
            return view

        return declare


def run(operation: Operation, view: View, path: dict[str, Any]) -> Response:
    """One request: nothing is sent if the commit fails, nothing is kept if the view refuses.

    A view that returns its refusal instead of raising it keeps what it wrote (an alert, an audit
    entry): the commit happens, the answer is the same problem.
    """
    given = _given(operation)
    actor = _actor(operation)
    if operation.step_up:
        require_fresh_login()
    if operation.limit is not None:
        require_within_limit(operation.name, operation.limit, actor or visitor())
    content = fingerprint(given[0]) if operation.upload else None
    attempt = idempotency.current_attempt(actor, content) if operation.keeps_answer else None
    if operation.expects_version:
        path = {**path, "version": etags.required_version()}
    with transaction(actor) as uow:
        earlier = attempt.earlier_answer(uow) if attempt else None
        if earlier is not None:
            return earlier
        result = view(*given, **path, actor=actor, uow=uow)
        uow.session.flush()
        response = _answered(operation, result, path)
        if attempt and response is not None:
            attempt.keep(response, uow)
    # A file leaves once its reading is logged for good.
    return send(result, actor) if response is None else response


def _answered(operation: Operation, result: Any, path: dict[str, Any]) -> Response | None:
    """None for a file."""
    if isinstance(result, Attachment | Printout):
        return None
    if isinstance(result, DomainError):
        # Returned, not raised: refused, and what the command wrote about it is kept.
        refused: Response = errors.handle(result)
        return refused
    return respond(result, operation, path)


def _actor(operation: Operation) -> Acting | None:
    if operation.household:
        return current_member()
    return None if operation.public else current_actor()


def _given(operation: Operation) -> list[Any]:
    """The view's positional values, refused before any transaction if they are wrong."""
    args = load_query(operation.args or _NO_ARGUMENTS)
    if operation.paged and args["cursor"] is not None:
        args["cursor"] = paging.decode(args["cursor"], operation.cursor)
    given = [args] if operation.args else []
    if operation.download:
        refuse_range()
    if operation.upload and operation.takes is not None:
        given.append(load_upload(operation.takes, table=operation.table))
    elif operation.takes is not None:
        given.append(load_body(operation.takes, may_be_empty=operation.may_be_empty))
    elif operation.method != "GET":
        refuse_body()
    return given


def _instance(schema: Any) -> Any:
    return schema() if isinstance(schema, type) else schema


def _with_page_args(args: type[Schema] | None) -> type[Schema]:
    if args is None:
        return paging.PageArgs
    return type(f"Paged{args.__name__}", (args, paging.PageArgs), {})


_NO_ARGUMENTS = paging.NoArgs()
