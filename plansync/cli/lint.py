"""``plansync lint``: every Problem of the plans, and what was read from them; with ``--fix``, what could be mended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plansync.cli.options import Invocation
from plansync.cli.parameters import Plans, PlansFrom, option

if TYPE_CHECKING:
    from plansync.app.lint import FileReport
    from plansync.cli.lines import Line
    from plansync.cli.terminal import Terminal
    from plansync.ports.source import Content, Unreadable


class LintFormat(StrEnum):
    """How the Problems are printed."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


def lint(
    invocation: Invocation,
    plans: Plans = None,
    form: Annotated[
        LintFormat,
        typer.Option(
            "--format", help="For people and editors, for programs, for GitHub Actions, or for code scanning."
        ),
    ] = LintFormat.TEXT,
    fix: Annotated[bool, option("--fix", "Put a Status line into plans that have none.")] = False,
    plans_from: PlansFrom = None,
) -> None:
    """Print every Problem of the plans, and what was read.

    One line each: file:line:col: CODE message. Exits with 1 when one of them is an error; with --verbose each has
    its hint.
    """
    from plansync.app.lint import lint_plans
    from plansync.cli.files import find_plans
    from plansync.cli.fixing import fix_files
    from plansync.cli.workplace import read_settings
    from plansync.core.parser import parse_plan
    from plansync.errors import SourceError

    invocation = replace(invocation, plans_from=plans_from)
    fixes = fix_files(invocation, plans or ()) if fix else None
    settings = read_settings(invocation)
    plans_found = [*find_plans(settings, plans or ())]
    found = [plan.read() for plan in plans_found]
    words = {shown: plan.words(settings) for plan in plans_found for shown in plan.shown}
    reports = lint_plans(found, parse_plan, words)
    if fixes is not None:
        reports = tuple(replace(report, fixed=fixes.of(report.file)) for report in reports)
    _print(invocation, form, reports, [file for files in found for file in files])
    if not reports:
        raise SourceError(
            "no plan was found", hint="`plansync new TITLE` makes one; `plansync init` says where to look"
        )
    raise typer.Exit(int(any(report.failed for report in reports) or (fixes is not None and fixes.failed)))


def _print(
    invocation: Invocation, form: LintFormat, reports: Sequence[FileReport], files: Sequence[Content | Unreadable]
) -> None:
    terminal = invocation.terminal
    match form:
        case LintFormat.JSON:
            terminal.show_json(lint_json(reports))
        case LintFormat.SARIF:
            terminal.show_json(lint_sarif(reports, files, invocation.plans_from or Path()))
        case LintFormat.GITHUB:
            _tell_github(terminal, reports)
        case LintFormat.TEXT:
            terminal.show(lint_lines(reports, verbose=terminal.verbose, quiet=terminal.quiet))


def _tell_github(terminal: Terminal, reports: Sequence[FileReport]) -> None:
    """Print the Problems as workflow commands, which become annotations, and put them into the job's summary."""
    from plansync.cli.commenting import add_summary
    from plansync.cli.views.annotations import annotation_lines
    from plansync.cli.views.markdown import problems_markdown

    terminal.show(line for report in reports for line in annotation_lines(report.file, report.problems))
    add_summary(problems_markdown((report.file, report.problems) for report in reports))


def lint_lines(reports: Sequence[FileReport], *, verbose: bool, quiet: bool) -> Iterator[Line]:
    """Yield the Problems of each file, then what was read from it."""
    from plansync.cli.lines import Line, Role
    from plansync.cli.views.problems import problem_lines, read_line

    for report in reports:
        yield from problem_lines(report.file, report.problems, hints=verbose)
        if not quiet:
            read = read_line(report.phases, report.tasks, report.risks, report.questions)
            yield Line(f"{report.file}: {read}", Role.FAINT)


def lint_json(reports: Sequence[FileReport]) -> Any:
    """Return the documented JSON form."""
    from plansync.app.report import as_json
    from plansync.core.problems import Severity

    found = [problem.severity for report in reports for problem in report.problems]
    return {
        "files": as_json(reports),
        "errors": found.count(Severity.ERROR),
        "warnings": found.count(Severity.WARNING),
    }


def lint_sarif(reports: Sequence[FileReport], files: Sequence[Content | Unreadable], folder: Path) -> Any:
    """Return the SARIF log; its paths start at the root of the Git repository that ``folder`` is in."""
    from plansync.cli.views.sarif import sarif_log
    from plansync.ports.source import Content

    contents: Mapping[str, bytes] = {file.path: file.data for file in files if isinstance(file, Content)}
    here = folder.resolve()
    root = next((above for above in (here, *here.parents) if (above / ".git").exists()), here)
    return sarif_log([(report.file, report.problems) for report in reports], contents, root)
