"""The reading use cases: every Problem of many files, one plan as it is read, and the progress of all plans."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from plansync.app.lint import lint_plans
from plansync.app.new import feature_id, home_of_plans
from plansync.app.report import PlanReport, StatusReport, as_json
from plansync.app.request import Target, Workshop
from plansync.app.show import read_plan
from plansync.app.status import PhaseProgress, PlanProgress, plan_progress
from plansync.core.baseline import PlanState
from plansync.core.model import Phase, Plan, Rating, Risk, State, StatusLine, Task
from plansync.core.problems import Severity, problem
from plansync.core.rules import Limits, Rules
from plansync.core.text import Site, Span
from plansync.errors import SourceError
from plansync.ports.source import Content, Unreadable

WHERE: dict[str, Any] = {"line": 3, "column": 1, "span": Span(0, 0)}
SITE = Site(0)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RATING = Rating("Low", None)


def task(state: State = State.OPEN, *, ignored: bool = False) -> Task:
    """Return a task in a state."""
    return Task(text="Do it", state=state, ignored=ignored, link_site=SITE, **WHERE)


def phase(*tasks: Task, ignored: bool = False) -> Phase:
    """Return a phase with tasks."""
    return Phase(
        id="1",
        name="Base",
        heading="Phase 1: Base",
        anchor="",
        tasks=tasks,
        milestone_site=SITE,
        ignored=ignored,
        **WHERE,
    )


def risk(state: State) -> Risk:
    """Return a risk in a state."""
    return Risk(text="It rains", state=state, likelihood=RATING, impact=RATING, link_site=SITE, **WHERE)


PLANS = {
    b"search": Plan(
        title="Search",
        title_line=1,
        feature_id="001-search",
        status=StatusLine("Draft", 2, 1, Span(0, 0)),
        phases=(
            phase(task(State.DONE), task(), task(State.CANCELLED), task(ignored=True)),
            phase(task(), ignored=True),
        ),
        risks=(risk(State.OPEN), risk(State.DONE)),
        problems=(problem("PS202", 3, 1, "odd mark"),),
    ),
    b"copy": Plan(title="Copy", title_line=1, feature_id="001-search"),
    b"nameless": Plan(title="", title_line=1),
}


def parse(data: bytes) -> Plan:
    """Stand for the reader: what is in a file names the plan it reads as."""
    return PLANS[data]


class Files:
    """A source that holds its files in memory."""

    uid = "folder:/plans"

    def __init__(self, files: Mapping[str, bytes | Unreadable]) -> None:
        self._files = files

    def list(self) -> Sequence[str]:
        return sorted(self._files)

    def read(self, path: str) -> Content | Unreadable:
        found = self._files[path]
        return found if isinstance(found, Unreadable) else Content(path, found, "1")


@dataclass
class States:
    """A store with nothing in it but the states of plans."""

    known: dict[str, PlanState] = field(default_factory=dict)

    @property
    def plans(self) -> "States":
        return self

    def load(self, project: str) -> Mapping[str, PlanState]:
        return self.known


def workshop(files: Mapping[str, bytes | Unreadable], *states: PlanState) -> Workshop:
    """Return a workshop with one target, wired only as far as reading needs it."""
    parts: Any = {"source": Files(files), "tracker": None, "renderer": None}
    target = Target(name="web", rules=Rules(), limits=Limits(), project="local:x", **parts)
    store: Any = States({state.key: state for state in states})
    clock: Any = None
    return Workshop((target,), store, clock, parse, "host:1:2")


def synced(summary: str, source: str = "folder:/plans") -> PlanState:
    """Return what a store keeps of a plan after a sync."""
    return PlanState(key="001", source=source, path="a.md", target="web", summary=summary, synced_at=NOW)


def test_lint_counts_what_was_read_and_collects_the_problems() -> None:
    (report,) = lint_plans([[Content("a.md", b"search", "1")]], parse)
    assert (report.file, report.phases, report.tasks, report.risks, report.questions) == ("a.md", 2, 5, 2, 0)
    assert [found.code for found in report.problems] == ["PS202"]
    assert not report.failed


@pytest.mark.parametrize(("code", "expected"), [("PS101", "PS101"), ("", "PS103")])
def test_a_file_that_cannot_be_read_is_a_problem_and_the_others_go_on(code: str, expected: str) -> None:
    reports = lint_plans([[Unreadable("bad.md", code, "it is binary")], [Content("b.md", b"nameless", "1")]], parse)
    assert [report.failed for report in reports] == [True, False]
    assert [(found.code, found.message) for found in reports[0].problems] == [(expected, "it is binary")]


def test_a_feature_id_on_two_plans_is_an_error_that_names_both() -> None:
    files = [Content("a.md", b"search", "1"), Content("n.md", b"nameless", "1"), Content("b.md", b"copy", "1")]
    first, _, second = lint_plans([[file] for file in files], parse)
    assert not first.failed
    assert [(found.code, found.severity, found.message) for found in second.problems] == [
        ("PS505", Severity.ERROR, "Feature ID 001-search is also claimed by a.md")
    ]


def test_show_reads_a_plan_or_says_why_not() -> None:
    assert read_plan([Content("a.md", b"search", "1")], parse).title == "Search"
    with pytest.raises(SourceError, match=r"a\.md: it is huge") as raised:
        read_plan([Unreadable("a.md", "PS102", "it is huge")], parse)
    assert raised.value.hint == "Split the plan, or raise limits.plan_bytes."
    with pytest.raises(SourceError):
        read_plan([Unreadable("a.md", "?", "who knows")], parse)


def test_status_takes_what_the_last_sync_left() -> None:
    report = PlanReport(
        path="a.md",
        title="Search",
        open_risks=2,
        status=StatusReport(before="Draft", done=1, total=4, phases=(("Phase 1", 1, 4),)),
        problems=(problem("PS202", 3, 1, "odd mark"),),
    )
    (progress,) = plan_progress(workshop({"a.md": b"search"}, synced(json.dumps(as_json(report)))))
    assert progress == PlanProgress(
        target="web",
        path="a.md",
        title="Search",
        status="Draft",
        done=1,
        total=4,
        phases=(PhaseProgress("Phase 1", 1, 4),),
        open_risks=2,
        problems=1,
        synced_at=NOW,
    )


@pytest.mark.parametrize(
    "states",
    [(), (synced(""),), (synced("{"),), (synced("[]"),), (synced('{"status": 1}'),), (synced("{}", "git:other"),)],
)
def test_status_reads_a_plan_that_no_sync_told_about_and_counts_its_boxes(states: tuple[PlanState, ...]) -> None:
    (progress,) = plan_progress(workshop({"a.md": b"search"}, *states))
    assert (progress.status, progress.done, progress.total) == ("Draft", 1, 2)
    assert (progress.open_risks, progress.problems, progress.synced_at) == (1, 1, None)
    assert [phase.heading for phase in progress.phases] == ["Phase 1: Base"]


def test_status_of_a_plan_that_cannot_be_read_says_why() -> None:
    (first, second) = plan_progress(workshop({"a.md": Unreadable("a.md", "PS101", "not UTF-8"), "b.md": b"nameless"}))
    assert (first.note, first.problems) == ("not UTF-8", 1)
    assert (second.status, second.total) == (None, 0)


@pytest.mark.parametrize(
    ("title", "taken", "expected"),
    [
        ("Search for tasks", [], "001-search-for-tasks"),
        ("Größe & Maß!", ["plans/004-x.md", "specs/011-y/plan.md", "12-z"], "013-größe-maß"),
        ("?!", ["2026-03-01-notes.md"], "001-plan"),
        ("word " * 30, [], "001-word-word-word-word-word-word-word-word-word-word"),
        ("x" * 80, [], "001-" + "x" * 50),
    ],
)
def test_a_new_plan_gets_the_next_number_and_its_words(title: str, taken: list[str], expected: str) -> None:
    assert feature_id(title, taken) == expected


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["docs/plans/**/*.md"], "docs/plans"),
        (["/notes/*.md", "plans/**/*.md"], "notes"),
        (["specs/*/plan.md"], "plans"),
        (["*.md"], "plans"),
        (["**/*.md"], "plans"),
        ([], "plans"),
    ],
)
def test_a_new_plan_goes_where_the_first_pattern_looks(patterns: list[str], expected: str) -> None:
    assert home_of_plans(patterns) == expected
