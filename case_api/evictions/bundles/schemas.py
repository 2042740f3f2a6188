"""What requests and answers about defence bundles hold."""

from typing import Any

from marshmallow import fields, post_load, validate

from case_api.http.fields import CategoryMask, Dated, Line, Prose, Schema, StrictInteger, Uuid
from services.evictions.bundles.items import every_item
from services.evictions.bundles.model import TickState

COURT_LANGUAGES = ("fr", "nl")


class TickItemIn(Schema):
    item = fields.String(
        required=True, validate=validate.OneOf([each.code for each in every_item()])
    )
    state = fields.String(required=True, validate=validate.OneOf([s.value for s in TickState]))
    document_id = Uuid(metadata={"description": "Of a piece that is present."})
    number = StrictInteger(
        minimum=1, maximum=2**31 - 1, metadata={"description": "Which version of the document."}
    )
    reason = Line(500, metadata={"description": "Why the item is not applicable."})

    @post_load
    def typed(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"state": TickState(data["state"])}


class FreezeBundleIn(Schema):
    language = fields.String(required=True, validate=validate.OneOf(COURT_LANGUAGES))
    words = Prose(
        10_000,
        required=True,
        metadata={"description": "What the letter says, in the author's words; never markup."},
    )
    with_names = fields.Boolean(
        metadata={"description": "Name the adults; the bundle is then of the category identity."}
    )
    leave_out = CategoryMask(
        metadata={"description": "Categories whose pieces stay out of this bundle."}
    )

    @post_load
    def typed(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"leave_out": int(data.get("leave_out", 0))}


class TickOut(Schema):
    id = Uuid()
    state = fields.String()
    document_id = Uuid(allow_none=True)
    number = fields.Integer(allow_none=True)
    latest = fields.Integer(
        allow_none=True, metadata={"description": "The newest version that there is by now."}
    )
    title = fields.String(allow_none=True)
    scan_state = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    ticked_by = Uuid()
    ticked_by_name = fields.String()
    ticked_at = Dated()


class ChecklistItemOut(Schema):
    item = fields.String()
    names = fields.Dict(keys=fields.String(), values=fields.String())
    required = fields.Boolean()
    consent = fields.Boolean(
        metadata={"description": "A document for which the household opens its category."}
    )
    state = fields.String(
        validate=validate.OneOf(["missing", "present", "not_applicable"]),
    )
    ticks = fields.List(fields.Nested(TickOut))


class ChecklistOut(Schema):
    procedure_id = Uuid()
    case_id = Uuid()
    regime = fields.String()
    items = fields.List(fields.Nested(ChecklistItemOut))


class PieceOut(Schema):
    position = fields.Integer()
    item = fields.String()
    document_id = Uuid()
    number = fields.Integer()
    category = fields.String()
    title = fields.String()
    original_name = fields.String()
    media_type = fields.String()
    dated_on = Dated("date", allow_none=True)
    size = fields.Integer()
    sha256 = fields.String(metadata={"description": "Of the file as it is served."})
    embedded = fields.Boolean(
        metadata={"description": "Its image is in the bundle; otherwise it goes along apart."}
    )


class DownloadOut(Schema):
    downloaded_by = Uuid()
    name = fields.String()
    organisation = fields.String()
    downloaded_at = Dated()


class BundleOut(Schema):
    """Frozen: nothing of it changes but the list of downloads."""

    id = Uuid()
    case_id = Uuid()
    procedure_id = Uuid()
    categories = CategoryMask(
        attribute="category_mask",
        metadata={"description": "Only who may read all of them sees the bundle."},
    )
    language = fields.String()
    sha256 = fields.String(metadata={"description": "Of the PDF, as it is served."})
    size = fields.Integer()
    frozen_by = Uuid()
    frozen_by_name = fields.String()
    frozen_at = Dated()
    pieces = fields.List(fields.Nested(PieceOut))
    downloads = fields.List(fields.Nested(DownloadOut))


class BundlePreviewOut(Schema):
    """`letter`: a paragraph or an item each. Nothing of it is kept."""

    language = fields.String()
    letter = fields.List(fields.String())
    checklist = fields.Nested(ChecklistOut)
