"""The norms a second time, row by row as the law file words them, with what ends each date."""

from collections.abc import Mapping
from typing import NamedTuple

JUDGED = "judgment default_judgment deemed_judgment"
BEGUN = "petition unilateral_petition citation"
OVER = "claim_withdrawn settlement"
HELD_UP = f"{OVER} opposition stay suspension"


class Row(NamedTuple):
    """One row of the law file; `asks`: after which kind of act alone it holds."""

    id: str
    after: str
    computes: str
    delay: tuple[int, str, str]
    actor: str
    ends: str
    moot: str = ""
    asks: tuple[str, str] | None = None
    received: bool = False
    strict: bool = False
    told: bool = False


_HEARD = {"actor": "judge", "ends": "hearing", "moot": f"{OVER} {JUDGED}"}
_LEAVE = {"actor": "bailiff", "ends": "eviction", "moot": HELD_UP}
_NOTICE = {"actor": "bailiff", "ends": "bailiff_notice", "moot": HELD_UP, "told": True}
_GOODS = {"actor": "tenant", "ends": "belongings_collected", "told": True}
_CENTRE = {"actor": "tenant", "ends": "welfare_objection", "moot": "claim_withdrawn"}
_MONTH = (1, "month", "remedy")

REMEDIES = (
    Row("REM-01", "service", "appeal_until", _MONTH, "tenant", "appeal",
        "appeal_judgment claim_withdrawn", told=True),
    Row("REM-02", "service", "opposition_until", _MONTH, "tenant", "opposition",
        "appeal appeal_judgment claim_withdrawn", asks=(JUDGED, "default_judgment"), told=True),
    Row("REM-07", "service", "third_party_opposition_until", _MONTH, "tenant",
        "third_party_opposition", "claim_withdrawn", asks=(BEGUN, "unilateral_petition"),
        told=True),
    Row("AID-01", "welfare_decision", "welfare_appeal_until", (3, "month", "period"), "tenant",
        "welfare_appeal", received=True, told=True),
)  # fmt: skip
BRUSSELS_LEASE = (
    Row("BRU-02", "formal_notice", "petition_not_before", (1, "month", "waiting"), "landlord",
        BEGUN, OVER, strict=True),
    Row("BRU-04", "petition", "hearing_not_before", (40, "day", "waiting"), **_HEARD),
    Row("BRU-04b", "submissions", "hearing_not_before", (40, "day", "waiting"), **_HEARD),
    Row("BRU-03d", "citation", "hearing_not_before", (8, "day", "waiting"), **_HEARD),
    Row("BRU-10", "service", "eviction_not_before", (1, "month", "waiting"), **_LEAVE),
    Row("BRU-11", "eviction", "bailiff_notice_until", (15, "working_day", "before"), **_NOTICE),
    Row("BRU-11r", "bailiff_notice", "rehousing_notice_until", (1, "month", "period_no_roll"),
        "tenant", "rehousing_notice", f"{OVER} eviction", told=True),
    Row("BRU-16", "eviction", "belongings_until", (6, "month", "period_no_roll"), **_GOODS),
)  # fmt: skip
FEDERAL = (
    Row("FED-03b", "citation", "hearing_not_before", (8, "day", "waiting"), **_HEARD),
    Row("FED-04", "petition citation", "welfare_informed_from", (4, "day", "waiting"), "clerk", ""),
    Row("FED-05", "summons citation", "welfare_objection_until", (2, "day", "period"), **_CENTRE,
        received=True, told=True),
    Row("FED-07", "service", "eviction_not_before", (1, "month", "waiting"), **_LEAVE),
    Row("FED-08", "eviction", "bailiff_notice_until", (5, "working_day", "before"), **_NOTICE),
    Row("FED-09", "eviction", "belongings_until", (6, "month", "period_no_roll"), **_GOODS),
)  # fmt: skip
WITHOUT_TITLE = (
    Row("SQT-01", "petition", "hearing_until", (8, "day", "period"), **_HEARD, told=True),
    Row("SQT-02", "unilateral_petition", "hearing_until", (2, "day", "period"), **_HEARD,
        told=True),
    # From the 8th day: seven days are waited for.
    Row("SQT-04", "service", "eviction_not_before", (7, "day", "waiting"), **_LEAVE),
    Row("SQT-05", "eviction", "bailiff_notice_until", (5, "working_day", "before"), **_NOTICE),
    Row("SQT-06", "eviction", "belongings_until", (6, "month", "period_no_roll"), **_GOODS),
    Row("SQT-07", "summons citation", "welfare_objection_until", (2, "day", "period"), **_CENTRE,
        received=True, told=True),
)  # fmt: skip
MAYOR = (
    Row("ADMIN-02", "safety_order", "council_of_state_until", (60, "day", "period"), "tenant",
        "council_of_state_application", received=True, told=True),
)  # fmt: skip
# By rule set: its rows, the grounds that end its winter for sure, and those that may.
LAW: Mapping[str, tuple[tuple[Row, ...], set[str] | None, set[str]]] = {
    "BXL-2023-09": (
        BRUSSELS_LEASE,
        {"rehoused_or_left", "dwelling_unfit", "dangerous_behaviour", "own_occupation"},
        {"waived"},
    ),
    "FED-2018": (FEDERAL, None, set()),
    "WAL-SOCIAL": (FEDERAL, {"guidance_refused"}, set()),
    "VLA-2019": (FEDERAL, None, set()),
    "SQT-2017": (WITHOUT_TITLE, None, set()),
    "ADMIN-2023": (MAYOR, None, set()),
}
