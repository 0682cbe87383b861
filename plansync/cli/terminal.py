"""Where output goes: results to stdout, everything about the run to stderr; colours only where someone looks."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO

from plansync.cli.lines import Line, Role, printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_PIPE_WIDTH = 10_000
"""Columns for a table that goes to a file or a pipe: wide enough that nothing is folded."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """The two streams of one command, and how much may be said on them."""

    out: TextIO
    err: TextIO
    verbose: bool = False
    quiet: bool = False
    colour: bool = True

    @property
    def is_watched(self) -> bool:
        """Say whether a person sees stderr as it is written: then progress bars make sense."""
        return self.err.isatty()

    @property
    def can_ask(self) -> bool:
        """Say whether a question would be seen and could be answered."""
        return sys.stdin is not None and sys.stdin.isatty() and self.err.isatty()

    def show(self, lines: Iterable[Line]) -> None:
        """Print a result to stdout."""
        _write(self.out, lines, self.colour)

    def tell(self, lines: Iterable[Line]) -> None:
        """Print a word about the run to stderr."""
        _write(self.err, lines, self.colour)

    def show_json(self, value: Any) -> None:
        """Print a result to stdout as JSON."""
        self.out.write(json.dumps(value, indent=2, ensure_ascii=False, default=_plain) + "\n")

    def show_table(self, table: Table) -> None:
        """Print a table to stdout, at its natural width unless a person looks."""
        console = _console(self.out, self.colour)
        console.print(table)

    def fault(self, message: str, hint: str = "") -> None:
        """Print one error to stderr, on one line, and what to do about it on the next."""
        self.tell([Line(f"plansync: {' '.join(message.split())}", Role.BAD)])
        if hint:
            self.tell([Line(f"hint: {' '.join(hint.split())}")])


def _write(stream: TextIO, lines: Iterable[Line], colour: bool) -> None:
    if not (colour and stream.isatty()):
        stream.writelines(f"{printable(line.text)}\n" for line in lines)
        return
    from rich.text import Text

    console = _console(stream, colour)
    for line in lines:
        console.print(Text(printable(line.text), style=line.role.value), soft_wrap=True)


def _console(stream: TextIO, colour: bool) -> Console:
    from rich.console import Console

    watched = stream.isatty()
    plain = not colour or bool(os.environ.get("NO_COLOR"))
    return Console(
        file=stream,
        no_color=plain,
        highlight=False,
        markup=False,
        emoji=False,
        width=None if watched else _PIPE_WIDTH,
    )


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")
