"""A preview where a pull request is looked at: as its comment, and in the summary of the job."""

from __future__ import annotations

import os
from pathlib import Path

from plansync.app.report import SyncReport
from plansync.cli.lines import Line, Role
from plansync.cli.options import Invocation
from plansync.cli.workplace import read_settings

_NOTHING = "Merging this changes no issue.\n"


def post_preview(invocation: Invocation, report: SyncReport) -> None:
    """Keep the comment of the pull or merge request that CI runs for, where there is a token; write the summary."""
    from plansync.app.commenting import keep_comment
    from plansync.bootstrap import open_state
    from plansync.bootstrap.comments import open_comments
    from plansync.cli.views.markdown import preview_markdown

    text = preview_markdown(report)
    add_summary(text or _NOTHING)
    settings = read_settings(invocation)
    store = open_state(settings, read_only=True)
    try:
        comments = open_comments(settings, store)
        done = "not posted, for want of a token" if comments is None else keep_comment(comments, text)
    finally:
        store.close()
    invocation.terminal.tell([Line(f"comment: {done}", Role.FAINT)])


def add_summary(text: str) -> None:
    """Append to the summary of a job of GitHub Actions; elsewhere there is none."""
    name = os.environ.get("GITHUB_STEP_SUMMARY")
    if name:
        with Path(name).open("a", encoding="utf-8") as summary:
            summary.write(text)
