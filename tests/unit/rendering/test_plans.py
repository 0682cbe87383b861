"""A new plan has all sections of the template, and its placeholders are no tasks."""

from __future__ import annotations

from datetime import date

from plansync.rendering.plans import new_plan


def test_a_new_plan_begins_with_its_header() -> None:
    plan = new_plan("Gift cards", "015-gift-cards", "specs/015-gift-cards/spec.md", date(2026, 3, 9))
    assert plan.startswith(
        "# Implementation Plan: Gift cards\n\n"
        "**Feature ID:** 015-gift-cards\n"
        "**Spec:** specs/015-gift-cards/spec.md\n"
        "**Created:** 2026-03-09\n"
        "**Status:** Draft\n\n---\n\n## 1. Architecture Overview\n"
    )
    assert plan.endswith("\n## 8. Open Questions\n\n- {question}\n")


def test_a_new_plan_has_eight_sections() -> None:
    plan = new_plan("Gift cards", "015", "spec.md", "2026-03-09")
    assert [line[3] for line in plan.splitlines() if line.startswith("## ")] == list("12345678")


def test_a_title_is_no_template() -> None:
    assert "# Implementation Plan: {{ 7 * 7 }}\n" in new_plan("{{ 7 * 7 }}", "1", "s", "d")
