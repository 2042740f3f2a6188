"""What the variables of the delivery must look like."""

from collections.abc import Mapping

from infra.settings_checks import SettingsError
from notifications.failpoints import UnknownFailpoint, parsed


def lease_seconds(env: Mapping[str, str]) -> int:
    """Long enough for the slowest answer of a mail server and its margin."""
    text = env.get("LEASE_SECONDS", "") or "60"
    if not text.isascii() or not text.isdigit() or not 20 <= int(text) <= 600:
        raise SettingsError("LEASE_SECONDS cannot be used as it is: set it from 20 to 600.")
    return int(text)


def failpoint(env: Mapping[str, str]) -> str:
    """Only for the servers of `maillage up` and of the tests: the process kills itself there."""
    text = env.get("FAILPOINT", "")
    if not text:
        return ""
    if env.get("EMBEDDED", "") != "1":
        raise SettingsError("FAILPOINT kills this process: leave it empty in production.")
    try:
        parsed(text)
    except UnknownFailpoint:
        raise SettingsError("FAILPOINT is unknown: set it to a point and a count.") from None
    return text
