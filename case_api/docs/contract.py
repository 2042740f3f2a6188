"""An operation as OpenAPI 3.1: what it takes, what it answers, and every status it can give."""

import http
import re
from typing import Any

from marshmallow import fields

from case_api.http.fields import Schema
from case_api.http.operation import Operation
from case_api.problems import MEDIA_TYPE

PROBLEM = "Problem"
_TEXT = {"type": "string"}
_ETAG = {"description": 'The version, for If-Match: `"v3"`.', "schema": _TEXT}
_LINK = {"description": '`<…>; rel="next"` (RFC 8288); absent on the last page.', "schema": _TEXT}
_REPLAYED = {"description": "`true` if this answer was given before.", "schema": _TEXT}
_FILE = {"type": "string", "format": "binary"}
_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "The ETag of the record as you read it.",
    "schema": {"type": "string", "pattern": '^"v[0-9]+"$'},
}
_IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "description": "An ETag: 304 without a body if the record still has it.",
    "schema": _TEXT,
}
_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "A random name for this request: repeated with it, it has one effect.",
    "schema": {"type": "string", "pattern": "^[\\x21-\\x7e]{1,200}$"},
}


_STEP_UP = {
    "description": "Not signed in, or (`step-up-required`) not within the last five minutes.",
    "headers": {
        "WWW-Authenticate": {
            "description": (
                '`Bearer …, error="insufficient_user_authentication", max_age="300"`'
                " (RFC 9470): log in again."
            ),
            "schema": _TEXT,
        }
    },
}
# A place in a rule: its converter, if it names one, and its name.
_PLACE = re.compile("<(?:([a-z]+):)?([a-z_]+)>")
_OF_PATH: dict[str, dict[str, Any]] = {
    "": {"type": "string", "minLength": 1},
    "int": {"type": "integer", "minimum": 0},
    "uuid": {"type": "string", "format": "uuid"},
}
_RETRY_AFTER = {"description": "Seconds to wait.", "schema": _TEXT}


class FaultOut(Schema):
    pointer = fields.String(metadata={"description": "Where (RFC 6901)."})
    detail = fields.String()


class ProblemOut(Schema):
    """RFC 9457. Some codes add members of their own."""

    type = fields.String(required=True, metadata={"format": "uri"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "What to do."})
    code = fields.String(required=True, metadata={"description": "Stable; the end of `type`."})
    error_id = fields.String(required=True, metadata={"description": "Names it in our log."})
    errors = fields.List(fields.Nested(FaultOut), metadata={"description": "With 422."})


def describe(operation: Operation, tag: str) -> dict[str, Any]:
    """An Operation Object (OpenAPI 3.1 §4.8.10), with marshmallow's schemas in their places."""
    takes_json = operation.takes is not None and not operation.upload
    parameters = _parameters(operation)
    described: dict[str, Any] = {}
    if parameters or not takes_json:
        described["parameters"] = parameters
    if takes_json:
        described["requestBody"] = _body("application/json", operation)
    described |= {
        "responses": {"default": PROBLEM, **_responses(operation)},
        "tags": [tag],
        "operationId": operation_id(operation.name),
        "summary": operation.summary,
    }
    if operation.upload:
        described["requestBody"] = _body("multipart/form-data", operation)
    if operation.description:
        described["description"] = operation.description
    if operation.public:
        described["security"] = []
    if operation.household:
        described["security"] = [{"household": []}]
    return described


def address(rule: str) -> tuple[str, list[dict[str, Any]]]:
    """A rule of Flask's as a path template, with its parameters (OpenAPI 3.1 §4.8.8)."""
    parameters = [
        {"in": "path", "name": name, "required": True, "schema": _OF_PATH[kind]}
        for kind, name in _PLACE.findall(rule)
    ]
    return _PLACE.sub(r"{\2}", rule), parameters


def operation_id(name: str) -> str:
    """`write_note` → `writeNote`. It never changes: clients are generated from it."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _body(media_type: str, operation: Operation) -> dict[str, Any]:
    content = {media_type: {"schema": operation.takes}}
    return {"required": not operation.may_be_empty, "content": content}


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = []
    if operation.args is not None:
        parameters.append({"in": "query", "schema": operation.args})
    if operation.expects_version:
        parameters.append(_IF_MATCH)
    if operation.method == "POST" and not operation.public and operation.keeps_answer:
        parameters.append(_KEY)
    if operation.method == "GET" and not operation.listing and not operation.download:
        parameters.append(_IF_NONE_MATCH)
    return parameters


def _responses(operation: Operation) -> dict[str, Any]:
    success: dict[str, Any] = {"description": http.HTTPStatus(operation.status).phrase}
    if operation.gives is not None:
        success["content"] = {"application/json": {"schema": _shape(operation)}}
    if operation.download:
        success["content"] = {"application/octet-stream": {"schema": _FILE}}
    headers = _headers(operation)
    if headers:
        success["headers"] = headers
    responses: dict[str, Any] = {str(operation.status): success}
    if operation.method == "GET" and not operation.listing and not operation.download:
        responses["304"] = {"description": "Not Modified", "headers": {"ETag": _ETAG}}
    responses |= dict.fromkeys(map(str, _refusals(operation)), PROBLEM)
    content = {MEDIA_TYPE: {"schema": ProblemOut}}
    if operation.step_up:
        responses["401"] = {**_STEP_UP, "content": content}
    if operation.limit is not None or operation.counts_tries:
        responses["429"] = {
            "description": "Tried too often.",
            "headers": {"Retry-After": _RETRY_AFTER},
            "content": content,
        }
    return responses


def _shape(operation: Operation) -> Any:
    if not operation.listing:
        return operation.gives
    items = {"type": "array", "items": operation.gives}
    return {"type": "object", "required": ["items"], "properties": {"items": items}}


def _headers(operation: Operation) -> dict[str, Any]:
    headers = {}
    if operation.paged:
        headers["Link"] = _LINK
    if operation.gives is not None and not operation.listing:
        headers["ETag"] = _ETAG
    if operation.location is not None:
        headers["Location"] = {"description": "Where it is.", "schema": _TEXT}
    if operation.method == "POST" and not operation.public and operation.keeps_answer:
        headers["Idempotency-Replayed"] = _REPLAYED
    return headers


def _refusals(operation: Operation) -> list[int]:
    statuses = [400, 422, 500, 503]
    if not operation.public:
        statuses += [401, 403, 404]
    if operation.method != "GET":
        statuses += [409, 413, 415]
    if operation.upload:
        statuses += [429]
    if operation.download:
        statuses += [409, 416]
    if operation.expects_version:
        statuses += [412, 428]
    return sorted(statuses)
