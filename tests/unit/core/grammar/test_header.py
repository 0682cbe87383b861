"""Title, fields and Status of the header, and where new fields go."""

from __future__ import annotations

from textwrap import dedent

import pytest

from plansync.core.model import Plan
from plansync.core.text import Site
from tests.support.plan_texts import codes, edited, read


def fields(plan: Plan) -> dict[str, str]:
    return {field.name: field.value for field in plan.header}


def status_raw(text: str) -> str | None:
    source = dedent(text)
    status = read(source).status
    assert status is None or status.span.of(source.encode()).decode() == status.raw
    return status.raw if status else None


class TestTitle:
    @pytest.mark.parametrize(
        ("heading", "title"),
        [
            ("# Implementation Plan: Search", "Search"),
            ("# Implementation plan — Search", "Search"),
            ("# Plan: Search", "Search"),
            ("# Search — Implementation Plan", "Search — Implementation Plan"),
            ("# Implementation Plan", "Implementation Plan"),
            ("# Planning: it", "Planning: it"),
            ("# `a` and *b* #", "`a` and *b*"),
            ("Search\n======", "Search"),
        ],
    )
    def test_is_the_first_h1_without_its_label(self, heading: str, title: str) -> None:
        assert read(f"{heading}\n").title == title

    def test_knows_its_line(self) -> None:
        assert read("text\n\n# T\n").title_line == 3

    def test_comes_from_front_matter_where_there_is_no_heading(self) -> None:
        assert read("---\ntitle: Search\n---\ntext\n").title == "Search"

    def test_may_be_missing(self) -> None:
        plan = read("text\n")
        assert (plan.title, plan.title_line) == ("", 1)
        assert "PS106" in [problem.code for problem in plan.problems]


class TestFields:
    @pytest.mark.parametrize(
        "text",
        [
            "**Owner:** kim",
            "**Owner**: kim",
            "- **Owner**: kim",
            "* **Owner:** kim  ",
            "**Owner:** kim\\",
            "**Owner:** kim <!-- who? -->",
            "> **Owner:** kim",
            "| Field | Value |\n|---|---|\n| **Owner** | kim |",
            "| Field | Value |\n|---|---|\n| **Owner:** | kim <!-- x --> |",
            "**Date:** today | **Owner:** kim",
            "**Date:** today · **Owner:** kim · **Age:** 1",
            "**Owner:**\nkim",
            "**Owner:** kim <!-- a --> <!-- b -->",
        ],
    )
    def test_come_in_many_forms(self, text: str) -> None:
        assert fields(read(f"# T\n\n{text}\n\n## S\n"))["Owner"] == "kim"

    @pytest.mark.parametrize(
        "text",
        ["Owner kim", "text **Owner:** kim", "- plain", "> - **Owner:** kim", "| a | b | c |\n|---|---|---|\n| **Owner** | x | y |", "| a | b |\n|---|---|\n| Owner | x |\n| | y |",
         "```\n**Owner:** kim\n```", "## S\n\n**Owner:** kim", "### Phase 1: X\n\n**Owner:** kim"],
    )  # fmt: skip
    def test_are_nothing_else(self, text: str) -> None:
        assert fields(read(f"# T\n\n{text}\n")) == {}

    def test_run_up_to_the_next_label(self) -> None:
        plan = read("# T\n**A:** one\ntwo\n**B**: three\n\nfour\n")
        assert fields(plan) == {"A": "one two", "B": "three"}

    def test_may_hold_a_comment(self) -> None:
        assert fields(read("# T\n\n**Owner:** kim <!-- or --> lee\n")) == {"Owner": "kim <!-- or --> lee"}

    def test_have_their_line_and_their_bytes(self) -> None:
        text = "# T\n\n**Owner:** `kim`  \n"
        (field,) = read(text).header
        assert (field.line, field.span.of(text.encode())) == (3, b"`kim`")

    def test_that_are_known_have_a_place_of_their_own(self) -> None:
        plan = read(
            """\
            # T
            **Feature ID:** `001-x`
            **Spec:** [spec](specs/001/spec.md)
            **Created:** 2026-01-02
            **Repos:** web, `api`,
            """
        )
        assert (plan.feature_id, plan.spec, plan.created) == ("001-x", "specs/001/spec.md", "2026-01-02")
        assert plan.repos == ("web", "api")

    def test_that_are_placeholders_say_nothing(self) -> None:
        plan = read("# T\n**Feature ID:** {FEATURE_ID}\n**Spec:** TBD\n")
        assert (plan.feature_id, plan.spec, plan.created, plan.repos) == (None, None, None, ())


class TestFrontMatter:
    def test_fills_what_the_header_does_not_say(self) -> None:
        plan = read(
            """\
            ---
            feature_id: "007"   # James
            spec: specs/s.md
            date: 2026-01-02
            repo: 'web'
            nested:
              key: value
            empty:
            broken: "never closed
            ---

            # T
            **Created:** yesterday
            """
        )
        assert (plan.feature_id, plan.spec, plan.created, plan.repos) == ("007", "specs/s.md", "yesterday", ("web",))

    @pytest.mark.parametrize(
        ("line", "raw"),
        [
            ("status: draft", "draft"),
            ("Status:  'In Progress' # now", "In Progress"),
            ('status: "done"', "done"),
            ("status: a#b # c", "a#b"),
        ],
    )
    def test_status_can_be_written(self, line: str, raw: str) -> None:
        source = f"---\n{line}\n---\n# T\n"
        plan = read(source)
        assert plan.front_matter_status is not None
        assert plan.front_matter_status.raw == raw
        assert plan.front_matter_status.span.of(source.encode()).decode() == raw
        assert (plan.status, plan.status_site) == (None, None)
        assert "PS104" not in [problem.code for problem in plan.problems]

    @pytest.mark.parametrize(
        "text", ["---\nstatus: x\n", "text\n---\nstatus: x\n---\n", "--- x\nstatus: x\n---\n", "---\n# T\n"]
    )
    def test_stands_between_rules_at_the_very_start(self, text: str) -> None:
        assert read(text).front_matter_status is None

    def test_may_end_the_file_and_have_dots(self) -> None:
        assert read("---\ntitle: x\n...").title == "x"

    def test_can_leave_a_plan_out(self) -> None:
        assert read("---\nplansync: false\n---\n# T\n").ignored
        assert not read("---\nplansync: true\n---\n# T\n").ignored


class TestStatus:
    @pytest.mark.parametrize(
        ("line", "raw"),
        [
            ("**Status:** Draft", "Draft"),
            ("**Status**: **Draft**  ", "**Draft**"),
            ("- **Status:** [IN PROGRESS]", "[IN PROGRESS]"),
            ("**Status:** Draft\\\n**Owner:** kim", "Draft"),
            ("**Status:** Draft <!-- x --> <!-- y -->", "Draft"),
            ("**Status:** Draft | **Owner:** kim", "Draft"),
            ("| **Status** | Draft |\n|---|---|\n| **Owner** | kim |", "Draft"),
            ("**Status:** not done\n  yet", "not done\n  yet"),
            ("**Status:**", ""),
            ("**Owner:** kim", None),
            ("**Status:** Draft\n---\n", "Draft"),
        ],
    )
    def test_is_exactly_the_bytes_of_the_value(self, line: str, raw: str | None) -> None:
        assert status_raw(f"# T\n\n{line}\n\n## S\n") == raw

    def test_is_the_first_of_the_header(self) -> None:
        assert status_raw("# T\n\n**Status:** A\n**Status:** B\n\n## S\n\n**Status:** C\n") == "A"

    def test_below_the_header_does_not_count(self) -> None:
        plan = read("# T\n\n## S\n\n**Status:** C\n")
        assert plan.status is None
        assert "PS104" in [problem.code for problem in plan.problems]


class TestNewFields:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("# T\n", "# T\n\n**Status:** Draft\n"),
            ("# T\ntext\n", "# T\n\n**Status:** Draft\n\ntext\n"),
            ("# T\n\n**Owner:** kim\n\n## S\n", "# T\n\n**Owner:** kim\n**Status:** Draft\n\n## S\n"),
            ("# T\n- **Owner:** kim\n", "# T\n- **Owner:** kim\n- **Status:** Draft\n"),
            ("# T\n1) **Owner:** kim", "# T\n1) **Owner:** kim\n2) **Status:** Draft"),
            ("# T\r\n\r\n**Owner:** kim", "# T\r\n\r\n**Owner:** kim\r\n**Status:** Draft"),
            ("# T\n\n> **Owner:** kim\n", "# T\n\n> **Owner:** kim\n\n**Status:** Draft\n"),
            ("# T\n\n**Owner:** kim\n---\n", "# T\n\n**Owner:** kim\n**Status:** Draft\n---\n"),
            ("text\n", "**Status:** Draft\n\ntext\n"),
            ("## S\n\n# T\n", "**Status:** Draft\n\n## S\n\n# T\n"),
        ],
    )
    def test_stand_below_the_last_one(self, before: str, after: str) -> None:
        site = read(before).status_site
        assert isinstance(site, Site)
        assert edited(before, site.edit("Draft")) == after
        assert status_raw(after) == "Draft"

    def test_are_not_offered_where_a_status_is(self) -> None:
        assert read("# T\n**Status:** x\n").status_site is None


class TestIgnoring:
    @pytest.mark.parametrize(
        "text",
        ["# T <!-- plansync:ignore -->", "# T\n\n<!-- plansync:ignore -->", "# T\n**A:** b <!-- plansync:ignore -->"],
    )
    def test_a_comment_in_the_header_leaves_the_plan_out(self, text: str) -> None:
        assert read(f"{text}\n\n## S\n").ignored

    def test_further_down_it_does_not(self) -> None:
        plan = read("# T\n\n## S\n\n<!-- plansync:ignore -->\n")
        assert not plan.ignored
        assert codes(plan) == []
