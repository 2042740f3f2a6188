"""The base schema and the fields of requests and answers. Every text has a maximum."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from marshmallow import RAISE, ValidationError, fields, validate
from marshmallow import Schema as MarshmallowSchema

from case_api.http.field_errors import wrong
from services.shared.categories import NAMES, mask_of, names_of

YEARS = range(1900, 2201)
# RFC 3339 §5.6 date-time; a moment without an offset is refused.
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)


class Schema(MarshmallowSchema):
    """Unknown members are refused (422), never ignored: no mass assignment."""

    class Meta:
        unknown = RAISE


class _Text(fields.String):
    def __init__(self, maximum: int, **kwargs: Any) -> None:
        checks: list[Any] = [validate.Length(min=1, max=maximum)]
        given = kwargs.pop("validate", [])
        checks += given if isinstance(given, list | tuple) else [given]
        super().__init__(validate=checks, **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        return super()._deserialize(value.strip(), attr, data, **kwargs)


class Line(_Text):
    """One line of text, stripped and not empty."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if "\n" in text or "\t" in text or "\u2028" in text or "\u2029" in text:
            raise ValidationError(wrong("single_line"))
        return text


class Prose(_Text):
    """Text of several lines, stripped at both ends and not empty."""


class StrictInteger(fields.Integer):
    """A whole JSON number of at most 64 bits: neither 1.0 nor "1" nor true."""

    def __init__(self, *, minimum: int = -(2**63), maximum: int = 2**63 - 1, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(minimum, maximum), **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class AwareDateTime(fields.AwareDateTime):
    """A moment with its offset (RFC 3339), 1900–2200; loads and dumps as UTC."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if not isinstance(value, str) or not _MOMENT.fullmatch(value):
            raise ValidationError(wrong("moment"))
        if int(value[:4]) not in YEARS:
            raise ValidationError(wrong("year", first=YEARS[0], last=YEARS[-1]))
        moment: datetime = super()._deserialize(value.upper(), attr, data, **kwargs)
        return moment.astimezone(UTC)

    def _serialize(
        self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any
    ) -> str | None:
        if value is None:
            return None
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Day(fields.Date):
    """A calendar day (RFC 3339 full-date), 1900–2200."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise ValidationError(wrong("day"))
        day: date = super()._deserialize(value, attr, data, **kwargs)
        if day.year not in YEARS:
            raise ValidationError(wrong("year", first=YEARS[0], last=YEARS[-1]))
        return day


class CategoryMask(fields.List[str]):
    """Category names outside, one mask (`services.shared.categories`) inside."""

    def __init__(self, *, minimum: int = 0, **kwargs: Any) -> None:
        super().__init__(
            fields.String(validate=validate.OneOf(list(NAMES))),
            validate=validate.Length(min=minimum, max=len(NAMES)),
            **kwargs,
        )

    def deserialize(
        self,
        value: Any,
        attr: str | None = None,
        data: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> Any:
        """The value is made after the validators, which see the names."""
        names = super().deserialize(value, attr, data, **kwargs)
        return mask_of(names) if isinstance(names, list) else names

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else names_of(int(value))


class Uuid(fields.UUID):
    """A UUID as RFC 9562 §4 writes it; no braces, no urn:."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if not isinstance(value, str) or not _UUID.fullmatch(value):
            raise self.make_error("invalid_uuid")
        return UUID(value)


class Email(fields.Email):
    """An address of at most 254 characters (RFC 5321 §4.5.3.1.3, less the angle brackets)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(max=254), **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if isinstance(value, str) and len(value) > 254:
            raise ValidationError(wrong("longer", max=254))
        return super()._deserialize(value, attr, data, **kwargs)


class Dated(fields.Raw):
    """A day or a moment in an answer, from a record or from the database's own JSON."""

    def __init__(self, form: str = "date-time", **kwargs: Any) -> None:
        super().__init__(metadata={"type": "string", "format": form}, **kwargs)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        if isinstance(value, str):
            return value.replace("+00:00", "Z")
        if isinstance(value, datetime):
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return value.isoformat() if isinstance(value, date) else None
