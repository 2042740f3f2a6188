"""Every exception becomes one problem (RFC 9457), decided here and nowhere else.

No stack, SQL, path or version leaves the program: the answer holds an `error_id`, and the log line
with that id holds the class of the exception and where it was raised.
"""

from typing import Any

import psycopg
import structlog
from flask import Flask, Response
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError

from case_api.problems import GENERIC, Problem, answer, new_error_id
from infra.logs import origin_of
from services.shared.errors import (
    Conflict,
    DomainError,
    NotFound,
    Refused,
    RuleBroken,
    StaleVersion,
    TooMuch,
    Unreadable,
)

STATUS: dict[type[DomainError], int] = {
    NotFound: 404,
    Refused: 403,
    Conflict: 409,
    RuleBroken: 422,
    StaleVersion: 412,
    TooMuch: 429,
    Unreadable: 503,
}
RETRY_AFTER = {"Retry-After": "2"}
# SQLSTATE unique_violation and exclusion_violation: somebody else was first.
TAKEN = ("23505", "23P01")
# Constraint triggers of services/consent/access.sql.
JUDGED_AT_COMMIT = {"exactly_one_reference_worker", "reference_worker_not_refused"}
# Triggers of services/cases/closings/functions.sql.
JUDGED_AT_COMMIT |= {"case_is_settled", "case_is_not_closed"}
_UNREACHABLE = (PoolTimeout, OperationalError, InterfaceError, psycopg.OperationalError)
_log = structlog.get_logger()


def register(app: Flask) -> None:
    app.register_error_handler(Exception, handle)


def handle(error: Exception) -> Any:
    """The answer to any exception. A redirect is an exception to werkzeug, but no error."""
    if isinstance(error, HTTPException) and (error.code is None or error.code < 400):
        return error
    problem = problem_of(error)
    error_id = new_error_id()
    _write_down(error, problem, error_id)
    return _without_body_type(error, answer(problem, error_id))


def problem_of(error: Exception) -> Problem:
    """Which refusal an exception is; what nobody foresaw is an internal error."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, DomainError):
        return Problem(status_of(error), error.code, facts=error.facts)
    if isinstance(error, HTTPException):
        return _of_werkzeug(error)
    return _of_database(error)


def status_of(error: DomainError) -> int:
    return next(STATUS[cls] for cls in type(error).__mro__ if cls in STATUS)


def _of_werkzeug(error: HTTPException) -> Problem:
    code = error.code or 500
    if isinstance(error, SecurityError):
        return Problem(400, "host-not-allowed")
    if code not in GENERIC:
        return Problem(code, GENERIC[400 if code < 500 else 500])
    return Problem(code, GENERIC[code])


def _of_database(error: Exception) -> Problem:
    if isinstance(error, StaleDataError):
        return Problem(412, "stale-version")
    if isinstance(error, _UNREACHABLE) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    ):
        return Problem(503, "unavailable", headers=RETRY_AFTER)
    if isinstance(error, DataError):
        return Problem(400, "bad-request")
    if isinstance(error, IntegrityError) and _was_overtaken(error.orig):
        return Problem(409, "conflict")
    if isinstance(error, DBAPIError) and _right_was_lost(error.orig):
        return Problem(409, "conflict")
    return Problem(500, "internal-error")


def _was_overtaken(error: BaseException | None) -> bool:
    """Somebody else's commit came first: a value taken, or a rule that is judged at commit."""
    if not isinstance(error, psycopg.Error):
        return False
    return error.sqlstate in TAKEN or error.diag.constraint_name in JUDGED_AT_COMMIT


def _right_was_lost(error: BaseException | None) -> bool:
    """Between the check and the write somebody took the right: row-level security refused it."""
    if not isinstance(error, psycopg.errors.InsufficientPrivilege):
        return False
    return error.diag.source_function == "ExecWithCheckOptions"


def _without_body_type(error: Exception, response: Response) -> Response:
    """Keep werkzeug's headers: Allow, WWW-Authenticate, Retry-After."""
    if isinstance(error, HTTPException):
        kept = [(k, v) for k, v in error.get_headers() if k.lower() != "content-type"]
        response.headers.extend(kept)
    return response


def _write_down(error: Exception, problem: Problem, error_id: str) -> None:
    write = _log.error if problem.status >= 500 else _log.info
    write(
        "request.refused" if problem.status < 500 else "request.failed",
        error_id=error_id,
        code=problem.code,
        status=problem.status,
        error=type(error).__name__,
        origin=origin_of(error),
    )
