"""What does the server write about its work? One line a request, and what went wrong.

Text for people, JSON for machines. No line holds a header, a body or a query string: secrets travel there.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from json.encoder import encode_basestring_ascii as _json
from typing import Any

from holotype.gateways.exchange import Exchange
from holotype.settings import Settings

LOGGER = logging.getLogger("holotype")
_FIELDS = ("request_id", "code", "method", "path", "status", "ms", "actor", "task")


def configure(settings: Settings) -> None:
    """Send the log to standard error, in the form and from the level that the settings name."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if settings.log_format == "json" else _Text())
    LOGGER.handlers[:] = [handler]
    LOGGER.propagate = False
    LOGGER.setLevel(settings.log_level.upper())


class AccessLog:
    """Writes the line of each request; without the detours of ``logging``, which cost more than the line."""

    def __init__(self, settings: Settings) -> None:
        """Choose the form once."""
        self._json = settings.log_format == "json"
        self._on = settings.log_level in ("debug", "info")
        self._second, self._stamp = 0, ""

    def write(self, known: Exchange, method: str, path: str, status: int, seconds: float) -> None:
        """Write the line of one request."""
        if not self._on:
            return
        stamp, ms = self._now(), seconds * 1e3
        if self._json:
            line = (
                f'{{"time": "{stamp}", "level": "info", "event": "request", "request_id": {_json(known.request_id)}, '
                f'"method": {_json(method)}, "path": {_json(path)}, "status": {status}, "ms": {round(ms, 2)}, '
                f'"actor": {_json(known.actor.name)}}}'
            )
        else:
            safe = path if path.isascii() and path.isprintable() else ascii(path)
            line = f"{stamp} {status} {method} {safe} {ms:.1f} ms {known.actor.name} {known.request_id}"
        sys.stderr.write(line + "\n")

    def _now(self) -> str:
        moment = time.time()
        second = int(moment)
        if second != self._second:
            self._second, self._stamp = second, time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
        return f"{self._stamp}.{int((moment - second) * 1000):03d}Z"


class _Text(logging.Formatter):
    """A line for people, with the traceback below it."""

    def format(self, record: logging.LogRecord) -> str:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        extra = " ".join(f"{name}={getattr(record, name)}" for name in _FIELDS if hasattr(record, name))
        line = f"{stamp}.{int(record.msecs):03d}Z {record.levelname.lower()} {record.getMessage()} {extra}".rstrip()
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class _Json(logging.Formatter):
    """A JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line: dict[str, Any] = {
            "time": f"{stamp}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in _FIELDS if hasattr(record, name)}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)
