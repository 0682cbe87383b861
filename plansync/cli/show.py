"""``plansync show``: what the reader made of one plan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from plansync.cli.options import Invocation
from plansync.cli.parameters import AsJson


def show(
    invocation: Invocation,
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="A plan file; it need not belong to a target.")],
    as_json: AsJson = False,
) -> None:
    """Show what the reader made of a plan.

    Phases, tasks, risks and questions with their lines, then the Problems. Exits with 1 when nothing can be read.
    """
    from plansync.app.show import read_plan
    from plansync.cli.files import read_files
    from plansync.cli.views.outline import outline
    from plansync.core.describe import describe_plan
    from plansync.core.parser import parse_plan

    (files,) = read_files(invocation, [plan])
    parsed, path = read_plan(files, parse_plan), files[0].path
    if as_json:
        invocation.terminal.show_json(describe_plan(parsed, path))
    else:
        invocation.terminal.show(outline(parsed, path))
    raise typer.Exit(int("plan" in parsed.broken_parts))
