"""Whether a version of a document may be given out now: asked here by all who show or give one."""

from dataclasses import dataclass

from services.documents.model import ScanState

# How a quarantined version is shown where the operator lets it be given out.
UNSCANNED = "unscanned"


@dataclass(frozen=True)
class Release:
    """What the scanner found clean; where there is none and the operator says so (`unscanned`),
    also what nobody looked at. Never what was found infected."""

    unscanned: bool

    def allows(self, scan_state: str) -> bool:
        return self.shown(scan_state) in (ScanState.CLEAN, UNSCANNED)

    def shown(self, scan_state: str) -> str:
        """The state as people read it."""
        is_let_out = self.unscanned and scan_state == ScanState.QUARANTINED
        return UNSCANNED if is_let_out else scan_state
