"""Messages of commits, by the shipped template and by one of one's own."""

from pathlib import Path

import pytest

from plansync.core.facts import CommitFacts, WrittenFacts
from plansync.errors import TemplateError
from plansync.ports.renderer import Text
from plansync.rendering.renderer import TemplateRenderer

ONE = WrittenFacts(path="plans/search.md", links=14, boxes=0, status="In Progress")
TWO = WrittenFacts(path="plans/export.md", links=1, boxes=2, status="")
THREE = WrittenFacts(path="plans/login.md", links=0, boxes=1, status="Complete")


def test_a_commit_of_one_plan_names_it_in_the_subject() -> None:
    text = TemplateRenderer().render(CommitFacts(target="web", plans=(ONE,)))
    assert text == Text(
        "docs: sync plans/search.md with the tracker", "- plans/search.md: 14 links, Status In Progress"
    )


def test_a_commit_of_several_plans_counts_them_and_lists_them() -> None:
    text = TemplateRenderer().render(CommitFacts(target="web", plans=(TWO, THREE)))
    assert text.title == "docs: sync 2 plans with the tracker"
    assert text.body.splitlines() == [
        "- plans/export.md: 1 link, 2 boxes",
        "- plans/login.md: 1 box, Status Complete",
    ]


def test_a_template_of_one_s_own_gives_subject_and_body(tmp_path: Path) -> None:
    (tmp_path / "commit.md.j2").write_text("\n  plans of  {{ commit.target }}\n\n\nbody\n\n", "utf-8")
    text = TemplateRenderer(tmp_path).render(CommitFacts(target="web", plans=(ONE,)))
    assert text == Text("plans of web", "body")


def test_the_template_of_commits_changes_no_issue(tmp_path: Path) -> None:
    plain = TemplateRenderer(tmp_path).fingerprint
    (tmp_path / "commit.md.j2").write_text("{{ commit.nothing }}", "utf-8")
    mine = TemplateRenderer(tmp_path)
    assert mine.fingerprint == plain
    with pytest.raises(TemplateError, match=r"commit\.md\.j2"):
        mine.render(CommitFacts(target="web", plans=()))
