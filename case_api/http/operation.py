"""What one operation of the API takes, gives and demands: its behaviour and its documentation."""

from dataclasses import dataclass

from marshmallow import Schema

from services.shared.attempts import Limit


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One method on one address; what it takes and gives is also its documentation."""

    name: str
    method: str
    # The whole address, as Flask writes it.
    rule: str
    summary: str
    description: str = ""
    takes: Schema | None = None
    # No body at all stands for an object without fields.
    may_be_empty: bool = False
    args: Schema | None = None
    gives: Schema | None = None
    status: int = 200
    # Where what a 201 gives can be read, filled in from the path and the answer: a 201 without one
    # made something that has no address of its own.
    location: str | None = None
    listing: bool = False
    paged: bool = False
    cursor: tuple[type, ...] = ()
    expects_version: bool = False
    public: bool = False
    # For an adult of a household in their own session, and for nobody else.
    household: bool = False
    # `takes` comes as multipart/form-data with a file; the answer is a file.
    upload: bool = False
    download: bool = False
    # The file is rows to be read, not a document to be kept.
    table: bool = False
    # Only within five minutes of a login (`case_api.auth.step_up`).
    step_up: bool = False
    # How often one person may try, whatever comes of it.
    limit: Limit | None = None
    # The view counts tries itself, those that failed only, and may refuse with a 429.
    counts_tries: bool = False
    # Whether the answer to a POST is given again under its Idempotency-Key.
    keeps_answer: bool = True
