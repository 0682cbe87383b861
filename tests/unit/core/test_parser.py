"""Files that cannot be read, and the Problems of those that can."""

from __future__ import annotations

import pytest

from plansync.core.model import Plan
from plansync.core.parser import parse_plan
from plansync.core.problems import Severity
from tests.support.plan_texts import read


def only_problem(data: bytes) -> tuple[str, int, int, str]:
    plan = parse_plan(data)
    (problem,) = plan.problems
    assert (plan.title, plan.phases, plan.items) == ("", (), ())
    assert problem.severity is Severity.ERROR
    assert plan.broken_parts == {"plan"}
    return problem.code, problem.line, problem.column, problem.message


class TestUnreadableFiles:
    @pytest.mark.parametrize("data", [b"", b" \r\n\t\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
    def test_empty(self, data: bytes) -> None:
        assert only_problem(data) == ("PS107", 1, 1, "the file is empty")

    def test_binary(self) -> None:
        assert only_problem(b"# T\n\x7fELF\0") == ("PS107", 2, 5, "the file is binary")

    def test_not_utf_8(self) -> None:
        assert only_problem("# T\n\nZürich".encode("latin-1")) == ("PS101", 3, 2, "byte 0xfc is not UTF-8")

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_with_conflict_markers(self, end: str) -> None:
        text = end.join(["# T", "<<<<<<< HEAD", "a", "=======", "b", ">>>>>>> other", ""])
        assert only_problem(text.encode()) == ("PS105", 2, 1, "the file holds the markers of a merge conflict")

    def test_with_conflict_markers_from_its_first_line_on(self) -> None:
        assert only_problem(b"<<<<<<< a\n=======\n>>>>>>> b")[:3] == ("PS105", 1, 1)

    @pytest.mark.parametrize(
        "text",
        [
            "Title\n=======\n",
            "<<<<<<< a\n",
            "  <<<<<<< a\n=======\n>>>>>>> b\n",
            "<<<<<<< a\n=======\n",
            ">>>>>>> b\n=======\n<<<<<<< a\n",
        ],
    )
    def test_a_single_marker_is_text(self, text: str) -> None:
        assert "PS105" not in [problem.code for problem in parse_plan(text.encode()).problems]


class TestReadableFiles:
    LINES = (
        "# Implementation Plan: Tábs",
        "",
        "**Status:** Draft",
        "",
        "## Phases",
        "",
        "### Phase 1: x",
        "",
        "- **Tasks:**",
        "\t- a 表",
        "\t- [ ] b",
    )

    @pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    @pytest.mark.parametrize("final", [True, False])
    def test_read_the_same_in_all_their_bytes(self, start: bytes, end: str, final: bool) -> None:
        source = start + (end.join(self.LINES) + (end if final else "")).encode()
        plan = parse_plan(source)
        assert (plan.title, [task.text for task in plan.tasks]) == ("Tábs", ["a 表", "b"])
        assert [(task.line, task.column) for task in plan.tasks] == [(10, 2), (11, 2)]
        assert plan.tasks[0].span.of(source).decode() == "- a 表"
        assert plan.status is not None and plan.status.span.of(source) == b"Draft"
        assert plan.problems == ()

    def test_line_ends_may_be_mixed(self) -> None:
        plan = parse_plan(b"# T\r\n**Status:** x\n## Phases\r### Phase 1: x\r\n- a\n- b")
        assert [task.text for task in plan.tasks] == ["a", "b"]


class TestProblems:
    def test_come_in_the_order_of_their_lines(self) -> None:
        plan = read("text\n\n## Risks\n\n```\n")
        assert [(problem.line, problem.code) for problem in plan.problems] == [
            (1, "PS104"),
            (1, "PS106"),
            (1, "PS208"),
            (5, "PS401"),
        ]

    def test_of_a_plan_without_phases_say_so(self) -> None:
        assert "PS208" in [problem.code for problem in read("# T\n").problems]

    def test_name_tasks_by_id_or_text(self) -> None:
        plan: Plan = read("### Phase 1: x\n\n**Tasks:**\n\n| Task | Depends on |\n|---|---|\n| a | T9 |\n")
        (problem,) = [problem for problem in plan.problems if problem.code == "PS203"]
        assert problem.message == "task 'a' depends on T9, which is not there"
