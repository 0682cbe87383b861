"""Reports become lines: what a person reads of a preview, a run, a plan, and its Problems."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from plansync.app.report import (
    ChangeReport,
    MatchReport,
    PlanReport,
    StatusReport,
    SyncReport,
    TargetReport,
)
from plansync.cli.lines import Line, Role, counted, indented, printable
from plansync.cli.views.counts import done_counts, pending_counts
from plansync.cli.views.preview import diff_lines, preview_lines, summary_line
from plansync.cli.views.problems import problem_lines, read_line
from plansync.cli.views.progress_bars import age, bar
from plansync.cli.views.summary import summary_lines, why_failed
from plansync.core.changes import FieldChange
from plansync.core.problems import problem

CREATE = ChangeReport(
    kind="create_issue",
    key="t-1",
    title="Build the index",
    reason="new",
    milestone="Search: Phase 1",
    labels=("plansync",),
)
UPDATE = ChangeReport(
    kind="update_issue",
    key="t-2",
    title="Rank results",
    number=12,
    fields=(FieldChange("title", "Rank", "Rank results"), FieldChange("body", "a\nb\nc\n", "a\nx\nc\n")),
    text_only=True,
)
CLOSE = ChangeReport(
    kind="close_issue", key="t-3", title="Old task", number=9, reason="not planned: removed from the plan"
)
REOPEN = ChangeReport(kind="reopen_issue", key="t-4", title="Again", number=7, reason="the box was unticked")
MILESTONE = ChangeReport(kind="create_milestone", key="p-1", title="Search: Phase 1")
RELATE = ChangeReport(
    kind="relate_issue",
    key="plan-1",
    title="Search",
    number=8,
    reason="a task of the plan that it tracks",
    fields=(FieldChange("sub-issue", "", "#12 Rank results"),),
)
DIFF = "--- a/plans/search.md\n+++ b/plans/search.md\n@@ -1,2 +1,2 @@\n-old\r\n+new\r\n same\r\n"


def texts(lines: object) -> list[str]:
    """Return the texts of lines."""
    assert hasattr(lines, "__iter__")
    return [line.text for line in lines]


def sync_report(*plans: PlanReport, **target: object) -> SyncReport:
    """Return a report on one target."""
    given = {"name": "web", "tracker": "local", "project": "local:/home/ann/tracker.db", "plans": plans} | target
    return SyncReport((TargetReport(**given),))  # type: ignore[arg-type]  # test values by name


def plan_report(**given: object) -> PlanReport:
    """Return a report on one plan."""
    return PlanReport(**({"path": "plans/search.md", "title": "Search"} | given))  # type: ignore[arg-type]  # as above


def done(change: ChangeReport, **given: object) -> ChangeReport:
    """Return ``change`` as carried out."""
    return replace(change, **({"outcome": "done"} | given))  # type: ignore[arg-type]  # as above


def test_a_preview_lists_every_change_field_by_field_and_counts_them() -> None:
    plan = plan_report(
        changes=(MILESTONE, CREATE, UPDATE, CLOSE, REOPEN),
        diff=DIFF,
        changed_files=("plans/search.md",),
        linked=2,
        ticked=1,
    )
    assert texts(preview_lines(sync_report(plan))) == [
        "web: local:/home/ann/tracker.db",
        "",
        "plans/search.md  Search",
        "  + create milestone  Search: Phase 1",
        "  + create issue #?  Build the index  (in Phase 1; plansync)",
        "  ~ update issue #12  Rank results",
        "      title: Rank → Rank results",
        "      body:",
        "         a",
        "        -b",
        "        +x",
        "         c",
        "  - close issue #9  Old task  (not planned: removed from the plan)",
        "  ↑ reopen issue #7  Again  (the box was unticked)",
        "  ✎ write 2 links and 1 box into the file",
        "--- a/plans/search.md",
        "+++ b/plans/search.md",
        "@@ -1,2 +1,2 @@",
        "-old",
        "+new",
        " same",
        "",
        "2 to create, 1 to update (1 text only), 1 to close, 1 to reopen; 1 file to write",
    ]


def test_what_is_related_is_told_before_and_after() -> None:
    plan = plan_report(changes=(RELATE,))
    assert texts(preview_lines(sync_report(plan)))[3:] == [
        "  ~ relate issue #8  Search  (a task of the plan that it tracks)",
        "      sub-issue: (none) → #12 Rank results",
        "",
        "1 to relate",
    ]
    refused = done(RELATE, message="left unrelated to #12: it has one parent")
    assert texts(summary_lines(sync_report(plan_report(changes=(done(RELATE), refused)))))[:2] == [
        "plans/search.md: 2 issues related",
        "  note: relate issue #8 “Search”: left unrelated to #12: it has one parent",
    ]


def test_a_preview_of_plans_in_step_is_one_sentence() -> None:
    lines = texts(preview_lines(sync_report(plan_report(unchanged=True))))
    assert lines == ["web: local:/home/ann/tracker.db", "", "In step. Nothing to do."]


@pytest.mark.parametrize(
    ("given", "reason", "hint"),
    [
        ({"error": "it is read-only", "hint": "chmod it"}, "plans/search.md: it is read-only", "chmod it"),
        ({"fused": "5 of 6 would be closed"}, "plans/search.md: 5 of 6 would be closed", ""),
        (
            {"problems": (problem("PS104", 1, 1, "none"), problem("PS107", 2, 1, "the file is empty", hint="fill it"))},
            "plans/search.md:2:1: PS107 the file is empty",
            "fill it",
        ),
        (
            {"changes": (replace(UPDATE, outcome="done"), replace(CLOSE, outcome="failed", message="refused"))},
            "plans/search.md: failed: Old task: refused",
            "",
        ),
    ],
)
def test_a_quiet_run_names_the_first_thing_that_keeps_a_plan_back(
    given: dict[str, Any], reason: str, hint: str
) -> None:
    assert why_failed(PlanReport(path="plans/search.md", **given)) == (reason, hint)


def test_an_error_of_a_plan_is_told_with_its_hint() -> None:
    lines = texts(preview_lines(sync_report(plan_report(error="it is read-only", hint="chmod it"))))
    assert lines[lines.index("  error: it is read-only") + 1] == "    hint: chmod it"


def test_a_preview_without_changes_but_with_an_error_does_not_say_that_all_is_well() -> None:
    report = sync_report(plan_report(error="conflict markers"))
    assert summary_line(report) == Line("Nothing would be changed; see the errors.", Role.BAD)
    assert "  error: conflict markers" in texts(preview_lines(report))


def test_a_preview_tells_how_items_were_matched_when_it_is_not_certain() -> None:
    sure = MatchReport(line=10, kind="task", text="A", key="t-1", number=11, by="link", confidence=1.0)
    near = MatchReport(line=12, kind="task", text="B", key="t-2", number=12, by="similarity", confidence=0.87)
    miss = MatchReport(
        line=14, kind="task", text="C", key="t-3", number=None, by="none", confidence=0, near_miss="#13 0.71"
    )
    plan = plan_report(matches=(sure, near, miss))
    assert texts(preview_lines(sync_report(plan)))[3:5] == [
        "  = #12 matched by similarity 0.87  B  (line 12)",
        "  ? near miss: #13 0.71  C  (line 14)",
    ]
    assert "  = #11 matched by link 1.00  A  (line 10)" in texts(preview_lines(sync_report(plan), verbose=True))


def test_a_preview_shows_the_status_to_be_written_and_why() -> None:
    status = StatusReport(before="Draft", after="In Progress", reason="In Progress (1 of 2: Phase 1 1/2)")
    plan = plan_report(status=status, diff=DIFF)
    assert "  ✎ Status Draft → In Progress (1 of 2: Phase 1 1/2)" in texts(preview_lines(sync_report(plan)))


def test_problems_stand_below_their_plan_with_hints() -> None:
    plan = plan_report(problems=(problem("PS104", 1, 1, "no Status line"),), fused="7 of 9 issues would be closed")
    assert texts(preview_lines(sync_report(plan)))[3:6] == [
        "  held: 7 of 9 issues would be closed",
        "plans/search.md:1:1: PS104 no Status line",
        "    hint: Add '**Status:** Draft' below the title, or set status.insert.",
    ]


def test_empty_fields_and_a_failed_change_are_named() -> None:
    change = replace(UPDATE, fields=(FieldChange("milestone", "", "Phase 1"),), outcome="failed", message="no access")
    lines = texts(preview_lines(sync_report(plan_report(changes=(change,)))))
    assert "      milestone: (none) → Phase 1" in lines
    assert "      failed: no access" in lines


def test_notes_and_plans_passed_over_are_in_the_preview() -> None:
    report = sync_report(plan_report(skipped="it is complete"), notes=("labels cannot be coloured",))
    lines = texts(preview_lines(report))
    assert "  passed over: it is complete" in lines
    assert "note: labels cannot be coloured" in lines


def test_diff_lines_keep_no_empty_ends() -> None:
    assert list(diff_lines("")) == []
    assert [line.role for line in diff_lines("@@ -1 +1 @@\n-a\n+b\n")] == [Role.FAINT, Role.REMOVED, Role.ADDED]


def test_the_summary_of_a_run_says_what_was_done_and_what_it_cost() -> None:
    plan = plan_report(
        changes=(done(MILESTONE), done(CREATE, number=1), done(CREATE, number=2), done(CLOSE)),
        linked=3,
        ticked=2,
        diff=DIFF,
        status=StatusReport(before="Draft", after="Planned", reason="Planned (0 of 2)"),
    )
    assert texts(summary_lines(sync_report(plan, requests=9, writes=4))) == [
        "plans/search.md: 1 milestone and 2 issues created, 1 issue closed, 3 links written, 2 boxes changed, "
        "Status written",
        "  Status Draft → Planned (0 of 2)",
        "web: 1 plan now in step  (9 requests, 4 writes)",
    ]


def test_the_summary_says_what_waits_for_review_and_where() -> None:
    where = "https://git.example.com/pulls/1"
    plan = plan_report(
        linked=3, ticked=1, diff=DIFF, waits_at=where, status=StatusReport(before="Draft", after="Planned")
    )
    assert texts(summary_lines(sync_report(plan, requests=2))) == [
        "plans/search.md: 3 links proposed, 1 box proposed, Status proposed",
        f"  waits for review: {where}",
        "  Status Draft → Planned",
        "web: 1 plan in step, nothing to do, 1 waiting for review  (2 requests, 0 writes)",
    ]


def test_the_summary_of_a_quiet_run_is_one_line() -> None:
    assert texts(summary_lines(sync_report(plan_report(unchanged=True), requests=1))) == [
        "web: 1 plan in step, nothing to do  (1 request, 0 writes)"
    ]


def test_the_summary_names_failures_skips_and_notes_of_single_changes() -> None:
    plan = plan_report(
        changes=(
            replace(CREATE, outcome="failed", message="403"),
            replace(UPDATE, outcome="skipped", message="the milestone was not made"),
            done(CREATE, number=5, message="title was cut"),
        ),
        problems=(problem("PS506", 3, 1, "#8 looks alike"), problem("PS101", 1, 1, "not UTF-8")),
    )
    lines = list(summary_lines(sync_report(plan, notes=("slow down",))))
    assert texts(lines) == [
        "plans/search.md: 1 issue created",
        "  failed: create issue “Build the index”: 403",
        "  skipped: update issue #12 “Rank results”: the milestone was not made",
        "  note: create issue #5 “Build the index”: title was cut",
        "plans/search.md:1:1: PS101 not UTF-8",
        "    hint: Save the file as UTF-8; plansync leaves it alone until then.",
        "note: slow down",
        "web: not in step  (0 requests, 0 writes)",
    ]
    assert [line.role for line in lines[1:4]] == [Role.BAD, Role.CHANGED, Role.FAINT]


def test_a_verbose_summary_names_quiet_plans_and_small_problems() -> None:
    plan = plan_report(problems=(problem("PS506", 3, 1, "#8 looks alike"),))
    lines = texts(summary_lines(sync_report(plan), verbose=True))
    assert lines[:2] == ["plans/search.md: nothing to do", "plans/search.md:3:1: PS506 #8 looks alike"]


def test_counts_are_words() -> None:
    assert pending_counts({}) == ""
    assert pending_counts({"update_issue": 1, "update_text": 2}) == "3 to update (2 text only)"
    assert done_counts([]) == ""
    assert (counted(1, "box", "boxes"), counted(2, "box", "boxes"), counted(0, "link")) == (
        "1 box",
        "2 boxes",
        "0 links",
    )
    assert read_line(3, 14, 1, 0) == "3 phases, 14 tasks, 1 risk, 0 questions"


def test_problems_are_in_file_order_and_each_on_one_line() -> None:
    found = (problem("PS202", 9, 2, "odd\nmark"), problem("PS106", 1, 1, "no title"))
    assert texts(problem_lines("p.md", found, hints=False)) == [
        "p.md:1:1: PS106 no title",
        "p.md:9:2: PS202 odd mark",
    ]


@pytest.mark.parametrize(
    ("done_", "total", "expected"),
    [
        (0, 0, "–"),
        (0, 7, "░░░░░░░░░░░░ 0/7"),
        (1, 100, "█░░░░░░░░░░░ 1/100"),
        (5, 12, "█████░░░░░░░ 5/12"),
        (99, 100, "███████████░ 99/100"),
        (3, 3, "████████████ 3/3"),
    ],
)
def test_a_bar_is_full_only_when_all_is_done_and_empty_only_when_nothing_is(
    done_: int, total: int, expected: str
) -> None:
    assert bar(done_, total) == expected


def test_ages_are_in_their_largest_unit() -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    spans = (timedelta(seconds=5), timedelta(minutes=5), timedelta(hours=3), timedelta(days=2))
    assert [age(now - span, now) for span in spans] == ["just now", "5 min ago", "3 h ago", "2 d ago"]
    assert age(None, now) == "never"


def test_other_peoples_text_cannot_steer_the_terminal() -> None:
    assert printable("a\x1b[2Jb\u202ec\td") == "a\N{REPLACEMENT CHARACTER}[2Jb\N{REPLACEMENT CHARACTER}c\td"


def test_indenting_leaves_empty_lines_empty() -> None:
    assert texts(indented([Line("a"), Line("")])) == ["  a", ""]


def test_a_verbose_preview_says_why_something_is_created() -> None:
    lines = texts(preview_lines(sync_report(plan_report(changes=(CREATE,))), verbose=True))
    assert lines[3] == "  + create issue #?  Build the index  (in Phase 1; plansync; new)"
