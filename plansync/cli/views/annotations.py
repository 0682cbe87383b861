"""Problems as workflow commands of GitHub Actions, which show them beside the lines of the plan.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands. A text that begins a line
with ``::`` would be a command of its own; so line ends are escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from plansync.cli.lines import Line
from plansync.cli.views.problems import in_order
from plansync.core.problems import Problem, Severity
from plansync.core.together import beside

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def annotation_lines(file: str, problems: Iterable[Problem]) -> Iterator[Line]:
    """Yield one command for each Problem."""
    for found in in_order(problems):
        place = f"file={_property(beside(file, found.file))},line={found.line},col={found.column},title={found.code}"
        yield Line(f"::{_LEVELS[found.severity]} {place}::{_data(found.message)}")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
