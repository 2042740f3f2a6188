"""Fields of several requests about cases: a category by its name, amounts in euros."""

from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validate

from case_api.http.field_errors import wrong
from services.shared.categories import NAMES


class CategoryName(fields.String):
    """One category by its name; a Category inside."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.OneOf(list(NAMES)), **kwargs)

    def deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        name = super().deserialize(value, *args, **kwargs)
        return NAMES[name] if isinstance(name, str) else name


class Euros(fields.Decimal):
    """An exact amount in euros as text, "650.00": JSON numbers lose cents. Nothing is rounded."""

    decimals = 2

    def __init__(self, **kwargs: Any) -> None:
        bounds = validate.Range(min=0, max=99_999_999)
        super().__init__(as_string=True, places=2, validate=bounds, **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str):
            raise ValidationError(wrong("amount"))
        if len(value.partition(".")[2]) > self.decimals:
            raise ValidationError(wrong("decimals", decimals=self.decimals))
        return super()._deserialize(value, *args, **kwargs)


class MonthsOfRent(Euros):
    """Months of rent as text, "3" or "2.5"."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.places = Decimal("0.1")
        self.validators = [validate.Range(min=0, max=9999, error=wrong("months_of_rent"))]
