"""JSON log lines, UTC, with named fields only: never a body, a query string, a header or a name."""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, TextIO

import structlog

FIELDS = frozenset(
    {
        "timestamp",
        "level",
        "event",
        "request_id",
        "actor_id",
        "operation",
        "method",
        "status",
        "latency_ms",
        "error_id",
        "code",
        "error",
        "origin",
        "logger",
        "part",
        "process",
        "count",
        "attempt",
        "delivery_id",
        "alert_id",
        "event_id",
        "channel",
        "outcome",
        "position",
    }
)
_ROOT = Path(__file__).parents[1]


def configure(stream: TextIO | None = None, *, level: int = logging.INFO) -> None:
    """Send our lines, and those of every library, to `stream` (standard error)."""
    output = stream or sys.stderr
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            allow_listed,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(output),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_Libraries()], level=logging.WARNING, force=True)


def allow_listed(
    _logger: Any, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Drop every field that is not named above, also `exc_info` and what a library adds."""
    return {name: value for name, value in line.items() if name in FIELDS}


def origin_of(error: BaseException) -> str:
    """File and line where it was raised. Never its message, which may quote data."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return ""
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_ROOT)]
    frame = ours[-1] if ours else frames[-1]
    path = Path(frame.filename)
    place = path.relative_to(_ROOT) if ours else path.name
    return f"{place}:{frame.lineno}"


class _Libraries(logging.Handler):
    """A library's line says which logger and where; its message stays out, it may quote data."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        structlog.get_logger().log(
            record.levelno,
            "library.message",
            logger=record.name,
            error=type(error).__name__ if error else None,
            origin=origin_of(error) if error else f"{record.filename}:{record.lineno}",
        )
