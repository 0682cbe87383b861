"""Log lines on stderr, from plansync and the libraries below it, with secrets taken out.

Everybody logs through the standard library; structlog gives the lines their form, and is only imported when there
is a line to write.
"""

from __future__ import annotations

import logging
import re
from collections.abc import MutableMapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from plansync.cli.terminal import Terminal

if TYPE_CHECKING:
    from structlog.stdlib import ProcessorFormatter

_SECRET_NAME = re.compile(r"token|secret|password|passwd|authorization|cookie|private_?key|api_?key", re.IGNORECASE)
_SECRET_TEXT = re.compile(
    r"\b(?:gh[pousr]_\w{16,}|github_pat_\w{16,}|gl[a-z]{2,6}-[\w.-]{16,}|whsec_[\w+/]{16,}=*)"
    r"|(?<=://)[^/\s@]+(?=@)"
    r"|(?<=bearer )[\w.~+/-]+=*"
    r"|(?<=basic )[\w.~+/-]+=*"
    r"|(?<=token=)[^&\s]+",
    re.IGNORECASE,
)
_HIDDEN = "***"


def redact(text: str) -> str:
    """Return ``text`` with everything that looks like a token or a password hidden."""
    return _SECRET_TEXT.sub(_HIDDEN, text)


def hide_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide the values of fields that are secret by name, and secrets inside all other texts."""
    for name, value in event.items():
        if _SECRET_NAME.search(name):
            event[name] = _HIDDEN
        elif isinstance(value, str):
            event[name] = redact(value)
    return event


def configure_logs(terminal: Terminal, *, as_json: bool) -> None:
    """Send log records to stderr: warnings and worse, errors alone with ``--quiet``, all our own with ``--verbose``."""
    handler = logging.StreamHandler(terminal.err)
    handler.setFormatter(_LateFormatter(as_json))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.ERROR if terminal.quiet else logging.WARNING)
    logging.getLogger("plansync").setLevel(logging.DEBUG if terminal.verbose else logging.NOTSET)


class _LateFormatter(logging.Formatter):
    """Formats by structlog, from the first record on."""

    def __init__(self, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        return self._formatter.format(record)

    @cached_property
    def _formatter(self) -> ProcessorFormatter:
        import structlog

        console = structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
        return structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                hide_secrets,
                structlog.processors.JSONRenderer() if self._as_json else console,
            ],
        )
