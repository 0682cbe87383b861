"""``plansync lint``: every Problem of the plans, and what was read from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plansync.cli.options import Invocation
from plansync.cli.parameters import Plans, PlansFrom

if TYPE_CHECKING:
    from plansync.app.lint import FileReport
    from plansync.cli.lines import Line
    from plansync.cli.terminal import Terminal


class LintFormat(StrEnum):
    """How the Problems are printed."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


def lint(
    invocation: Invocation,
    plans: Plans = None,
    form: Annotated[
        LintFormat, typer.Option("--format", help="For people and editors, for programs, or for GitHub Actions.")
    ] = LintFormat.TEXT,
    plans_from: PlansFrom = None,
) -> None:
    """Print every Problem of the plans, and what was read.

    One line each: file:line:col: CODE message. Exits with 1 when one of them is an error; with --verbose each has
    its hint.
    """
    from plansync.app.lint import lint_plans
    from plansync.cli.files import read_files
    from plansync.core.parser import parse_plan
    from plansync.errors import SourceError

    invocation = replace(invocation, plans_from=plans_from)
    reports = lint_plans(read_files(invocation, plans or ()), parse_plan)
    terminal = invocation.terminal
    if form is LintFormat.JSON:
        terminal.show_json(lint_json(reports))
    elif form is LintFormat.GITHUB:
        _tell_github(terminal, reports)
    else:
        terminal.show(lint_lines(reports, verbose=terminal.verbose, quiet=terminal.quiet))
    if not reports:
        raise SourceError(
            "no plan was found", hint="`plansync new TITLE` makes one; `plansync init` says where to look"
        )
    raise typer.Exit(int(any(report.failed for report in reports)))


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
