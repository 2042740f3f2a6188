"""A sheet or a copy as the file that leaves, whoever asked for it."""

from collections.abc import Callable

from case_api.http.downloads import Printout
from case_api.sheets.household import household_sheet
from case_api.sheets.render import render
from services.portal.views import HouseholdCopy
from services.shared.unit_of_work import UnitOfWork


def printout(
    copy: HouseholdCopy,
    *,
    whole: bool,
    by: str | None = None,
    is_still_open: Callable[[UnitOfWork], bool],
) -> Printout:
    """A sheet named by the code of the case, which says nothing of whom it is about."""
    sheet = household_sheet(copy, whole=whole, printed_by=by)
    return Printout(
        make=lambda: render(sheet),
        name=f"{copy.view.case_code}.pdf",
        media_type="application/pdf",
        is_still_open=is_still_open,
    )
