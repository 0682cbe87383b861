"""``plansync preview``: what ``once`` would do, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Annotated

import typer

from plansync.cli.options import Invocation
from plansync.cli.parameters import AsJson, Plans, PlansFrom, option

PENDING = 3
"""The exit code of ``--exit-code`` when changes are pending (spec §9)."""


class PreviewFormat(StrEnum):
    """How the preview is printed."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def preview(
    invocation: Invocation,
    plans: Plans = None,
    *,
    as_json: AsJson = False,
    form: Annotated[PreviewFormat, typer.Option("--format", help="How it is printed.")] = PreviewFormat.TEXT,
    exit_code: Annotated[bool, option("--exit-code", "Exit with 3 when changes are pending.")] = False,
    plans_from: PlansFrom = None,
    comment: Annotated[
        bool, option("--comment", "In CI: also comment on the pull or merge request, and keep that up to date.")
    ] = False,
) -> None:
    """Show what once would do, and change nothing."""
    from plansync.app.request import SyncRequest
    from plansync.cli.runs import show_run
    from plansync.cli.views.markdown import preview_markdown

    if comment:
        _check_pipeline()
    invocation = replace(invocation, plans_from=plans_from)
    request = SyncRequest(dry_run=True, any_branch=True, trigger="preview")
    quiet = replace(invocation, terminal=replace(invocation.terminal, quiet=True))
    is_markdown = form is PreviewFormat.MARKDOWN and not as_json
    report = show_run(
        quiet if is_markdown else invocation, plans or (), None, request, json=as_json or form is PreviewFormat.JSON
    )
    if is_markdown:
        invocation.terminal.out.write(preview_markdown(report))
    if comment:
        from plansync.cli.commenting import post_preview

        post_preview(invocation, report)
    pending = exit_code and not report.exit_code and report.pending
    raise typer.Exit(PENDING if pending else report.exit_code)


def _check_pipeline() -> None:
    """Raise before the work is done where there is no request to comment on."""
    import os

    from plansync.bootstrap.comments import pipeline_of

    pipeline_of(os.environ)
