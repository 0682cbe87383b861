"""What of a file is a phase or an item, and so no description: write-back changes the one, and never the other."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate

from plansync.core.text import Span


class Claims:
    """The ranges of named phases and of items; asked in logarithmic time."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def take(self, spans: Iterable[Span]) -> None:
        """Claim these ranges and no others."""
        ordered = sorted(spans)
        self._starts = [span.start for span in ordered]
        self._ends = list(accumulate((span.end for span in ordered), max))

    def touch(self, span: Span) -> bool:
        """Say whether any of the ranges overlaps ``span``."""
        before = bisect_left(self._starts, span.end)
        return before > 0 and self._ends[before - 1] > span.start
