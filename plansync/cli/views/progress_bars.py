"""The table of ``plansync status``: a progress bar for each plan and, if asked for, for each of its phases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from plansync.app.status import PlanProgress
from plansync.cli.lines import printable

if TYPE_CHECKING:
    from rich.table import Table

_CELLS = 12
_FULL, _EMPTY = "█", "░"
_HEADS = ("Plan", "Status", "Progress", "Open risks", "Problems", "Last sync")


def bar(done: int, total: int) -> str:
    """Return ``█████░░░░░░░ 5/12``. The bar is full only when all is done, and empty only when nothing is."""
    if not total:
        return "–"
    cells = _CELLS * done // total
    if done and not cells:
        cells = 1
    return f"{_FULL * cells}{_EMPTY * (_CELLS - cells)} {done}/{total}"


def age(then: datetime | None, now: datetime) -> str:
    """Return how long ago ``then`` was, in its largest unit: ``5 min ago``; ``never`` for None."""
    if then is None:
        return "never"
    seconds = max(0, int((now - then).total_seconds()))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return "just now"


def status_table(plans: Sequence[PlanProgress], now: datetime, *, verbose: bool = False) -> Table:
    """Return the table of all plans; with ``verbose`` the phases below their plan."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False, collapse_padding=True)
    for head in _HEADS:
        table.add_column(head, no_wrap=head == "Progress", justify="right" if head in _HEADS[3:5] else "left")
    for plan in plans:
        for row in _rows(plan, now, verbose=verbose):
            table.add_row(*(printable(cell) for cell in row))
    return table


def _rows(plan: PlanProgress, now: datetime, *, verbose: bool) -> Iterator[tuple[str, ...]]:
    yield (
        plan.path,
        plan.note or plan.status or "–",
        bar(plan.done, plan.total),
        str(plan.open_risks),
        str(plan.problems),
        age(plan.synced_at, now),
    )
    if verbose:
        for phase in plan.phases:
            yield (f"  {phase.heading}", "", bar(phase.done, phase.total), "", "", "")
