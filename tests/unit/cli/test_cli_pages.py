"""What a person reads of a parsed plan and of an issue in the embedded tracker."""

from datetime import UTC, datetime, timedelta
from typing import Any

from plansync.cli.views.issues import list_lines, page_lines
from plansync.cli.views.outline import outline
from plansync.core.design import Architecture, Decision, Section
from plansync.core.design import Testing as SectionOnTesting
from plansync.core.model import (
    Box,
    Detail,
    Level,
    Link,
    LinkPlace,
    Phase,
    Plan,
    Question,
    Rating,
    Risk,
    State,
    StatusLine,
    Task,
)
from plansync.core.observed import CloseReason
from plansync.core.problems import problem
from plansync.core.text import Site, Span
from plansync.trackers.local.desk import LocalComment, LocalEvent, LocalIssue, LocalPage

NOWHERE = Span(0, 0)
PLACED: dict[str, Any] = {"column": 1, "span": NOWHERE}
LINK = Link("#12", "http://127.0.0.1:8484/issues/12", NOWHERE, NOWHERE, LinkPlace.TAIL)
FULL_TASK = Task(
    text="Build the index",
    line=14,
    id="T001",
    state=State.DONE,
    depends_on=("T000",),
    assignee="ann",
    ignored=True,
    links=(LINK,),
    details=(
        Detail("nightly", 15, 0, Box("x", NOWHERE)),
        Detail("small", 16, 1, Box(" ", NOWHERE)),
        Detail("fast", 17),
    ),
    link_site=Site(0),
    **PLACED,
)
PLAN = Plan(
    title="Search",
    title_line=1,
    feature_id="001-search",
    repos=("web", "core"),
    status=StatusLine("Draft", 3, 1, NOWHERE),
    ignored=True,
    architecture=Architecture(decisions=(Decision("a", "b", "c", "d"),)),
    testing=SectionOnTesting(unit="all", end_to_end="one"),
    phases=(
        Phase(
            id="2A",
            name="Index",
            heading="Phase 2A: Index",
            anchor="",
            line=12,
            goal="Words lead to tasks",
            deliverable="An index",
            depends_on=("1", "2"),
            complete=True,
            ignored=True,
            tasks=(FULL_TASK, Task(text="Drop it", line=18, state=State.CANCELLED, link_site=Site(0), **PLACED)),
            milestone_site=Site(0),
            **PLACED,
        ),
        Phase(id=None, name=None, heading="", anchor="", line=1, milestone_site=Site(0), **PLACED),
    ),
    risks=(
        Risk(
            text="It grows",
            line=30,
            likelihood=Rating("Low", Level.LOW),
            impact=Rating("High", Level.HIGH),
            link_site=Site(0),
            **PLACED,
        ),
        Risk(
            text="It rots",
            line=31,
            likelihood=Rating("", None),
            impact=Rating("huge", None),
            link_site=Site(0),
            **PLACED,
        ),
    ),
    questions=(Question(text="Which words?", line=40, link_site=Site(0), **PLACED),),
    sections=(Section("Rollout", 2, 50, "text"),),
    problems=(problem("PS301", 31, 5, "'huge' is no level"),),
)
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def texts(lines: object) -> list[str]:
    """Return the texts of lines."""
    assert hasattr(lines, "__iter__")
    return [line.text for line in lines]


def issue(closed: CloseReason | None = None, **given: Any) -> LocalIssue:
    """Return an issue of the embedded tracker."""
    parts: dict[str, Any] = {
        "number": 12,
        "url": "http://127.0.0.1:8484/issues/12",
        "title": "Build the index",
        "body": "One\r\n\r\nTwo",
        "labels": ("plansync", "risk"),
        "milestone": "Phase 1",
        "assignees": (),
        "author": "plansync",
        "created_at": AT,
        "updated_at": AT,
        "closed_at": None,
    }
    return LocalIssue(closed=closed, **(parts | given))


def test_an_outline_has_everything_that_was_read_with_its_lines() -> None:
    assert texts(outline(PLAN, "p.md")) == [
        "Search",
        "  Feature ID: 001-search",
        "  Status: Draft",
        "  Repos: web, core",
        "  ignored: this plan gets no issues",
        "",
        "Phase 2A: Index  (line 12; needs 1, 2; complete; ignored)",
        "  Goal: Words lead to tasks",
        "  [x] T001 Build the index  → #12  (line 14; needs T000; for ann; ignored)",
        "      - [x] nightly",
        "        - [ ] small",
        "      - fast",
        "  [-] Drop it  (line 18)",
        "  Deliverable: An index",
        "",
        "Tasks  (line 1)",
        "",
        "Risks",
        "  [ ] It grows  (line 30)  Low × High = 3",
        "  [ ] It rots  (line 31)  ? × huge = unreadable",
        "",
        "Open questions",
        "  [ ] Which words?  (line 40)",
        "",
        "Template sections",
        "  1 key decision",
        "  testing: unit, end-to-end",
        "",
        "Other sections",
        "  Rollout  (line 50)",
        "",
        "2 phases, 2 tasks, 2 risks, 1 question",
        "p.md:31:5: PS301 'huge' is no level",
        "    hint: Write Low, Medium or High (or L, M, H).",
    ]


def test_an_outline_of_next_to_nothing_is_short() -> None:
    assert texts(outline(Plan(title="", title_line=1), "p.md")) == [
        "(no title)",
        "",
        "0 phases, 0 tasks, 0 risks, 0 questions",
    ]


def test_issues_are_listed_one_a_line() -> None:
    issues = (issue(), issue(CloseReason.NOT_PLANNED, number=3, milestone=""))
    assert texts(list_lines(issues)) == [
        "#12   open  Build the index  (Phase 1)",
        "#3    closed (not planned)  Build the index",
    ]


def test_a_page_tells_what_was_said_and_done_in_the_order_of_time() -> None:
    page = LocalPage(
        issue(),
        (LocalComment("ann", "Really?\nYes.", AT + timedelta(minutes=2)),),
        (LocalEvent("labeled", "plansync", "plansync", AT), LocalEvent("reopened", "", "bob", AT + timedelta(hours=1))),
    )
    assert texts(page_lines(page)) == [
        "#12  Build the index",
        "State:     open",
        "Milestone: Phase 1",
        "Labels:    plansync, risk",
        "Opened:    2026-03-01 12:00 by plansync",
        "Link:      http://127.0.0.1:8484/issues/12",
        "",
        "One",
        "",
        "Two",
        "",
        "2026-03-01 12:00  plansync labeled plansync",
        "2026-03-01 12:02  ann:",
        "  Really?",
        "  Yes.",
        "2026-03-01 13:00  bob reopened",
    ]
