"""A preview as Markdown: nothing acts in it, and it is never too long."""

from __future__ import annotations

from plansync.app.report import ChangeReport, PlanReport, SyncReport, TargetReport
from plansync.cli.views.annotations import annotation_lines
from plansync.cli.views.markdown import LIMIT, preview_markdown, problems_markdown
from plansync.core.problems import problem


def report(*plans: PlanReport, **parts: object) -> SyncReport:
    return SyncReport((TargetReport(name="web", tracker="local", project="p", plans=plans, **parts),))  # type: ignore[arg-type]  # fields by name


def opened(title: str) -> ChangeReport:
    return ChangeReport(kind="create_issue", key="k", title=title)


def test_where_there_is_nothing_to_say_it_is_empty() -> None:
    assert preview_markdown(report(PlanReport(path="a.md", unchanged=True))) == ""


def test_whatever_a_title_holds_stays_in_its_code_span() -> None:
    title = "a`b` @ann\n# x <img src=x> \u202e #1 --> \u200b/close " + "y" * 300
    text = preview_markdown(report(PlanReport(path="a`.md", changes=(opened(title),))))
    lines = [line for line in text.splitlines() if line]
    assert lines[:2] == ["### Merging this opens 1 issue", "#### `a'.md`"]
    assert len(lines) == 3
    assert lines[2].count("`") == 2
    assert lines[2].endswith("…`")
    assert len(lines[2]) < 260


def test_what_holds_a_target_or_a_plan_up_is_said() -> None:
    plans = (PlanReport(path="a.md", fused="30 removals"), PlanReport(path="b.md", error="cannot be written"))
    text = preview_markdown(report(*plans, errors=(("no plan was read", "name one"), ("stopped", ""))))
    assert "> **`web` is held up:** `no plan was read` `name one`" in text
    assert "- held: `30 removals`" in text
    assert "- error: `cannot be written`" in text
    assert text.startswith("### Merging this changes no issue\n")


def test_many_changes_and_problems_are_counted() -> None:
    changes = tuple(opened(f"T{number}") for number in range(40))
    problems = tuple(problem("PS301", line, 1, "odd") for line in range(1, 33))
    text = preview_markdown(report(PlanReport(path="a.md", changes=changes, problems=problems)))
    assert "- … and 10 more changes" in text
    assert "- … and 2 more Problems" in text


def test_a_comment_fits_into_githubs_bounds() -> None:
    plans = [PlanReport(path=f"{n}.md", changes=tuple(opened("x" * 190) for _ in range(30))) for n in range(50)]
    text = preview_markdown(report(*plans))
    assert len(text) < LIMIT + 200
    assert "more plans; `plansync preview` shows all." in text


def test_plans_without_problems_are_told_as_such() -> None:
    assert problems_markdown([("a.md", ())]) == "### No Problems in the plans\n"
    assert "#### `a.md`" in problems_markdown([("a.md", (problem("PS301", 3, 1, "odd"),))])


def test_an_annotation_is_one_command_whatever_it_says() -> None:
    [line] = annotation_lines("a,b:c.md", [problem("PS301", 3, 2, "odd\n::set-output name=x::y 100%")])
    assert line.text == ("::warning file=a%2Cb%3Ac.md,line=3,col=2,title=PS301::odd%0A::set-output name=x::y 100%25")
