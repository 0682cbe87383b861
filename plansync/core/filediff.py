"""The difference between two states of a plan file, for people to read in previews. Pure.

It is not meant to be applied: line ends, a byte order mark and undecodable bytes are not shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff as _unified_diff

_NO_NEWLINE = "\\ No newline at end of file"


def unified_diff(path: str, before: bytes, after: bytes) -> str:
    """Return the unified diff of ``before`` and ``after``, LF line ends, empty when they read the same."""
    lines = _unified_diff(_lines(before), _lines(after), f"a/{path}", f"b/{path}", lineterm="\n")
    return "".join(_shown(lines))


def _lines(data: bytes) -> list[str]:
    text = data.decode("utf-8-sig", "replace")
    lines = [line.removesuffix("\r") + "\n" for line in text.split("\n")]
    last = lines.pop().removesuffix("\n")
    return [*lines, last] if last else lines


def _shown(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}\n"
