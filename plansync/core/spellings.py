"""Issues as they are spelled without a link, for the plan as a whole, or where no item is. Values of a parsed plan."""

from __future__ import annotations

from dataclasses import dataclass

from plansync.core.text import Span


@dataclass(frozen=True, slots=True)
class BareNumber:
    """A number without a link (``#12``, ``(#12)``) that ends an item's text, and how the item reads without it.

    Whether it is the item's issue is not for the reader to say (:mod:`plansync.core.numbers`). ``span`` covers
    ``#12``; ``cut`` covers what goes when it is taken out.
    """

    number: int
    span: Span
    cut: Span
    enclosed: bool
    """It needs no parentheses around it: it has them, or stands in a field of its own."""
    text: str
    struck: bool = False
    """The text without it is wholly struck out."""
    assignee: str | None = None


@dataclass(frozen=True, slots=True)
class PlanIssue:
    """The issue that header or front matter name as the plan's own: an address, or (``url`` empty) a bare number."""

    url: str
    number: int
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class LooseLink:
    """An issue link, as plansync writes it, that stands where no item has it."""

    url: str
    line: int
    column: int
    file: str = ""
