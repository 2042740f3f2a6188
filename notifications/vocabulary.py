"""Two releases side by side: what the older has no words for is left to the newer, untouched.

It keeps no attempt and no fault, and counts as due (`alert_backlog`): if no running release knows
it, the alarm of the oldest rings.
"""

from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    ScalarSelect,
    Text,
    all_,
    and_,
    any_,
    bindparam,
    exists,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from notifications.catalogue import CATALOGUE, DIGEST_KIND
from notifications.model import Delivery, DigestItem
from services.shared.alerts import Alert

# The value of `known` in the statements that take something up.
KINDS = list(CATALOGUE)
KNOWN: ColumnElement[Any] = bindparam("known", type_=ARRAY(Text))


def has_words() -> ScalarSelect[bool]:
    """Whether this release can tell what a delivery tells: its alert, and each line of a digest.

    Asked row by row along the index of what waits, never as a join that could leave it.
    """
    line = aliased(Alert)
    unknown = exists().where(
        DigestItem.digest_id == Alert.id,
        DigestItem.professional_id == Delivery.professional_id,
        DigestItem.alert_id == line.id,
        line.kind != all_(KNOWN),
    )
    told = and_(Alert.kind == any_(KNOWN), or_(Alert.kind != DIGEST_KIND, ~unknown))
    return select(told).where(Alert.id == Delivery.alert_id).correlate(Delivery).scalar_subquery()
