"""The arguments and options of the commands that run a sync or read plans, as types to annotate with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer


def option(name: str, text: str, **more: Any) -> Any:
    """Declare an option whose default says nothing worth printing."""
    return typer.Option(name, help=text, show_default=False, **more)


Plans = Annotated[
    list[Path] | None,
    typer.Argument(metavar="PLAN", help="Only these plans; all of them if none is named.", show_default=False),
]
TargetName = Annotated[str | None, option("--target", "Only this target.", metavar="NAME")]
AsJson = Annotated[bool, option("--json", "Print the report as JSON.")]

PlansFrom = Annotated[
    Path | None,
    option("--plans-from", "Read the plans from this other checkout of their repository.", metavar="FOLDER"),
]

DryRun = Annotated[bool, option("--dry-run", "Stop before the first write and show what would be done.")]
Yes = Annotated[bool, option("--yes", "Do it without showing it first and asking.")]
AllowRemovals = Annotated[bool, option("--allow-removals", "Close and reopen as many issues as the plans ask for.")]
MaxCreates = Annotated[int | None, option("--max-creates", "Create up to N issues; 0: no limit.", metavar="N", min=0)]
Publish = Annotated[bool, option("--publish", "Also create issues for plans that are complete or on hold.")]
AnyBranch = Annotated[bool, option("--any-branch", "Sync from whatever branch is checked out.")]
