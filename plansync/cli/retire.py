"""``plansync retire``: end a plan on purpose."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plansync.cli.options import Invocation
from plansync.cli.parameters import AnyBranch, AsJson, DryRun, Yes, option

if TYPE_CHECKING:
    from plansync.app.errand import Consent
    from plansync.app.report import TargetReport


def retire(
    invocation: Invocation,
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="The plan to end.", show_default=False)],
    *,
    release: Annotated[bool, option("--release", "Let its issues go as they are, and close none.")] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    any_branch: AnyBranch = False,
) -> None:
    """End a plan on purpose: close or release its issues.

    It shows first what it would do, and asks. Runs leave the plan alone afterwards, until plansync once --publish
    names it.
    """
    from plansync.app.request import SyncRequest
    from plansync.app.retire import retire_plan
    from plansync.cli.errands import Words, show_errand
    from plansync.cli.targets import choose
    from plansync.cli.workplace import is_unconfigured, opened

    with opened(invocation, read_only=dry_run) as workshop:
        (choice,) = choose(workshop.targets, [plan], anywhere=is_unconfigured(invocation))

        def deed(rehearsed: bool, consent: Consent) -> TargetReport:
            request = SyncRequest(plans=choice.plans, dry_run=rehearsed, any_branch=any_branch or rehearsed)
            return retire_plan(workshop, choice.target, request, consent, release=release)

        words = Words(f"Retire {choice.plans[0]}?", "retired")
        code = show_errand(invocation, deed, words, dry_run=dry_run, yes=yes, json=as_json)
    raise typer.Exit(code)
