"""A test-only feature: one operation of every shape, and one for every way to fail."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import psycopg
from flask import Flask, current_app
from marshmallow import fields
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug import exceptions as http

from case_api.api import Blueprint, Page, Reply
from case_api.docs import specification
from case_api.http.fields import (
    AwareDateTime,
    CategoryMask,
    Day,
    Email,
    Line,
    Prose,
    Schema,
    StrictInteger,
    Uuid,
)
from services.shared import errors
from services.shared.audit import AuditEntry

CANARY = "Zoë-Canari-7731"


class EchoIn(Schema):
    line = Line(40)
    prose = Prose(4000)
    number = StrictInteger(minimum=0, maximum=9)
    moment = AwareDateTime()
    day = Day()
    mask = CategoryMask()
    id = Uuid()
    email = Email()
    truth = fields.Boolean()
    people = fields.List(fields.Nested("EchoIn"))


class EchoOut(EchoIn):
    pass


class ItemOut(Schema):
    number = fields.Integer()


class ListArgs(Schema):
    kind = fields.List(Line(20))
    odd = fields.Boolean()


api = Blueprint("probe", __name__, description="For tests.", url_prefix="/api/v1/probe")


@api.command(
    "POST", "/echo", takes=EchoIn, gives=EchoOut, status=201, location="/few", summary="Echo"
)
def echo_value(data: Any, *, actor: Any, uow: Any) -> Any:
    uow.record("probe.echoed", AuditEntry(), actor=actor, case_id=None)
    return Reply(data, version=1)


@api.command("POST", "/kill", gives=ItemOut, summary="Lose the connection before the commit")
def lose_commit(*, actor: Any, uow: Any) -> Any:
    uow.record("probe.echoed", AuditEntry(), actor=actor, case_id=None)
    current_app.config["KILL"](uow.session.scalar(text("SELECT pg_backend_pid()")))
    return {"number": 1}


@api.command("POST", "/wait", gives=ItemOut, summary="Take a while")
def wait_long(*, actor: Any, uow: Any) -> Any:
    uow.record("probe.echoed", AuditEntry(), actor=actor, case_id=None)
    current_app.config["WAIT"]()
    return {"number": 1}


@api.command(
    "PUT", "/things/<uuid:thing_id>", gives=ItemOut, expects_version=True, summary="Change"
)
def change_thing(thing_id: Any, *, version: int, actor: Any, uow: Any) -> Any:
    if version != 3:
        raise errors.StaleVersion
    return Reply({"number": 4}, version=4)


@api.command("DELETE", "/things/<uuid:thing_id>", summary="Remove")
def remove_thing(thing_id: Any, *, actor: Any, uow: Any) -> None:
    return None


@api.query("/things/<uuid:thing_id>", gives=ItemOut, summary="Read")
def read_thing(thing_id: Any, *, actor: Any, uow: Any) -> Any:
    return Reply({"number": 3}, version=3)


@api.query("/numbers", gives=ItemOut, args=ListArgs, paged=True, cursor=(int,), summary="List")
def list_numbers(args: Any, *, actor: Any, uow: Any) -> Page:
    start = args["cursor"][0] if args["cursor"] else 0
    numbers = [{"number": n} for n in range(start + 1, 8)][: args["limit"]]
    last = numbers[-1]["number"] if numbers else 7
    return Page(items=numbers, next_cursor=(last,) if last < 7 else None)


@api.query("/few", gives=[ItemOut], summary="List without pages")
def list_few(*, actor: Any, uow: Any) -> Any:
    return [{"number": 1}]


@api.query("/open", gives=ItemOut, public=True, summary="For anybody")
def open_door(*, actor: Any, uow: Any) -> Any:
    return {"number": 0 if actor is None else 1}


@api.query("/fail/<kind>", gives=ItemOut, summary="Fail")
def fail_so(kind: str, *, actor: Any, uow: Any) -> Any:
    FAILURES[kind](uow)


def register(app: Flask) -> None:
    specification.of(app).register(api)


def _raise(error: Callable[[], Exception]) -> Callable[[Any], None]:
    def fail(_uow: Any) -> None:
        raise error()

    return fail


def _sql(*statements: str) -> Callable[[Any], None]:
    def fail(uow: Any) -> None:
        for each in statements:
            uow.session.execute(text(each))

    return fail


def _twice(uow: Any) -> None:
    uow.session.execute(text("CREATE TEMP TABLE once (id uuid PRIMARY KEY)"))


FAILURES: dict[str, Callable[[Any], None]] = {
    "not-found": _raise(errors.NotFound),
    "refused": _raise(lambda: errors.Refused("not-on-this-case")),
    "conflict": _raise(lambda: errors.Conflict("already-there", other=uuid4(), count=2)),
    "rule": _raise(lambda: errors.RuleBroken("hearing-before-filing")),
    "stale": _raise(errors.StaleVersion),
    "stale-row": _raise(lambda: StaleDataError(CANARY)),
    "unexpected": _raise(lambda: ValueError(CANARY)),
    "pool": _raise(lambda: PoolTimeout(CANARY)),
    "lost": _raise(lambda: OperationalError(CANARY, {}, psycopg.OperationalError(CANARY))),
    "driver": _raise(lambda: psycopg.OperationalError(CANARY)),
    "taken": _raise(lambda: IntegrityError(CANARY, {}, psycopg.errors.UniqueViolation(CANARY))),
    "exclusive": _raise(
        lambda: IntegrityError(CANARY, {}, psycopg.errors.ExclusionViolation(CANARY))
    ),
    "foreign": _raise(
        lambda: IntegrityError(CANARY, {}, psycopg.errors.ForeignKeyViolation(CANARY))
    ),
    "too-long": _sql("SET LOCAL statement_timeout = '20ms'", "SELECT pg_sleep(5)"),
    "data": _sql(f"SELECT CAST('{CANARY}' AS int)"),
    "syntax": _sql(f"SELECT FROM WHERE '{CANARY}'"),
    "denied": _twice,
    "teapot": _raise(http.ImATeapot),
    "gone": _raise(http.Gone),
    "too-many": _raise(lambda: http.TooManyRequests(retry_after=7)),
}
