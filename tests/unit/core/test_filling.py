"""A team's template becomes a plan: its holes are filled, and the rest is as it was."""

from __future__ import annotations

import pytest

from plansync.core.filling import Blanks, fill_plan, why_no_template
from plansync.core.parser import parse_plan
from tests.support.plan_texts import LINK, MILESTONE, read

BLANKS = Blanks(title="Gift: cards", feature_id="007-gift", spec="specs/007-gift/spec.md", date="2026-03-09")
BODY = "\n\n## Phases\n\n### Phase 1: {Name}\n\n- **Tasks:**\n  - [ ] {task 1}\n"


def filled(template: str) -> str:
    """Return the template, filled; in other line ends and behind a BOM it is the same."""
    text = fill_plan(template.encode(), BLANKS).decode()
    assert fill_plan(template.replace("\n", "\r\n").encode(), BLANKS).decode() == text.replace("\n", "\r\n")
    assert fill_plan(f"\ufeff{template}".encode(), BLANKS).decode() == f"\ufeff{text}"
    return text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# Implementation Plan: {FEATURE_TITLE}", "# Implementation Plan: Gift: cards"),
        ("# Plan: [FEATURE NAME]", "# Plan: Gift: cards"),
        ("# {{ title }} (plan)", "# Gift: cards (plan)"),
        ("# <feature-title>", "# Gift: cards"),
        ("# Implementation Plan", "# Implementation Plan: Gift: cards"),
        ("# Implementation Plan:", "# Implementation Plan: Gift: cards"),
        ("# Tasks — Old", "# Tasks — Gift: cards"),
        ("# Planning", "# Gift: cards"),
        ("# An old plan", "# Gift: cards"),
        ("An old plan\n===========", "Gift: cards\n==========="),
        ("Text.\n\n# Old", "Text.\n\n# Gift: cards"),
        ("Text.", "# Implementation Plan: Gift: cards\n\nText."),
        ("---\ntitle: {title}\n---\n\nText.", '---\ntitle: "Gift: cards"\n---\n\nText.'),
        ("---\ntitle: Old\n---\nText.", "---\ntitle: Old\n---\n# Implementation Plan: Gift: cards\n\nText."),
        ("---\na: b\n---\n\nOld\n===", "---\na: b\n---\n\nGift: cards\n==="),
    ],
)
def test_the_title_goes_into_the_first_heading(before: str, after: str) -> None:
    assert filled(before + BODY) == after + BODY


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("**Feature ID:** {FEATURE_ID}", "**Feature ID:** 007-gift"),
        ("- **Feature ID**: `{id}`", "- **Feature ID**: `007-gift`"),
        ("**Feature ID:**", "**Feature ID:** 007-gift"),
        ("**Feature ID:** TBD", "**Feature ID:** 007-gift"),
        ("**Feature ID:** 003-old", "**Feature ID:** 007-gift"),
        ("**Feature ID:** plan-{FEATURE_ID}", "**Feature ID:** plan-007-gift"),
        ("| **Feature ID** | [feature-id] |\n|---|---|", "| **Feature ID** | 007-gift |\n|---|---|"),
        ("**Spec:** {SPEC_PATH}", "**Spec:** specs/007-gift/spec.md"),
        ("**Spec:** [spec](specs/{{feature_id}}/spec.md)", "**Spec:** [spec](specs/007-gift/spec.md)"),
        ("**Spec:** docs/spec.md", "**Spec:** docs/spec.md"),
        ("**Spec:** <path>", "**Spec:** specs/007-gift/spec.md"),
        ("**Created:** [DATE]", "**Created:** 2026-03-09"),
        ("**Created:** YYYY-MM-DD", "**Created:** 2026-03-09"),
        ("**Date**: {{ date }} | **Status**: {status}", "**Date**: 2026-03-09 | **Status**: Draft"),
        ("**Created:** 2024-01-02 by Ann", "**Created:** 2024-01-02 by Ann"),
        ("**Created:** 2024-01-02", "**Created:** 2026-03-09"),
        ("Created: …", "Created: 2026-03-09"),
        ("**Status:** Proposed", "**Status:** Proposed"),
        ("**Owner:** {owner}", "**Owner:** {owner}"),
        ("[id](x) [date]: y [spec]: z", "[id](x) [date]: y [spec]: z"),
        ("{Name} <!-- {FEATURE_ID} -->", "{Name} <!-- 007-gift -->"),
    ],
)
def test_the_fields_of_the_header_are_filled(before: str, after: str) -> None:
    assert filled(f"# {{TITLE}}\n\n{before}{BODY}") == f"# Gift: cards\n\n{after}{BODY}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("title: {title}", 'title: "Gift: cards"'),
        ("title: '{title}'", "title: 'Gift: cards'"),
        ('title: "[TITLE]" # c', 'title: "Gift: cards" # c'),
        (
            "feature_id: {id}\ncreated: ''\nspec:",
            "feature_id: 007-gift\ncreated: '2026-03-09'\nspec: specs/007-gift/spec.md",
        ),
        ("status: {status}", "status: Draft"),
        ("status: draft", "status: draft"),
    ],
)
def test_front_matter_is_filled(before: str, after: str) -> None:
    assert filled(f"---\n{before}\n---\n# {{TITLE}}{BODY}") == f"---\n{after}\n---\n# Gift: cards{BODY}"


def test_a_title_with_quotes_stays_in_its_quotes() -> None:
    blanks = Blanks(title='It\'s "new" \\', feature_id="1", spec="s", date="d")
    template = b"---\na: x\ntitle: '{title}'\n---\n# {TITLE}\n"
    assert fill_plan(template, blanks) == b"---\na: x\ntitle: 'It''s \"new\" \\'\n---\n# It's \"new\" \\\n"
    template = b"---\ntitle: {title}\n---\nText.\n"
    assert parse_plan(fill_plan(template, blanks)).title == 'It\'s "new" \\'


def test_below_the_header_only_unmistakable_holes_are_filled() -> None:
    text = "# {TITLE}\n\n## A\n\n`/users/{id}/{date}` {FEATURE_ID} [DATE] {{ title }} {Title} {ID} {{ other }}\n"
    assert filled(text) == (
        "# Gift: cards\n\n## A\n\n`/users/{id}/{date}` 007-gift 2026-03-09 Gift: cards {Title} {ID} {{ other }}\n"
    )


def test_a_filled_plan_is_read_as_one() -> None:
    plan = parse_plan(
        fill_plan(
            b"# Plan: {TITLE}\n\n**Feature ID:** {FEATURE_ID}\n**Spec:** {SPEC}\n**Created:** {DATE}\n**Status:** Draft\n",
            BLANKS,
        )
    )
    assert (plan.title, plan.feature_id, plan.spec, plan.created) == (
        BLANKS.title, BLANKS.feature_id, BLANKS.spec, BLANKS.date,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"# T\n\n### Phase 1: A\n\n- **Tasks:**\n  - [ ] one ({LINK})\n", "its items are linked to issues"),
        (
            f"# T\n\n### Phase 1: A\n\n- **Tasks:**\n  - one\n- **Milestone:** {MILESTONE}\n",
            "its items are linked to issues",
        ),
        (f"# T\n\n### Phase 1: A\n\n- **Tasks:**\n  - see {LINK} for more\n", ""),
        ("# T\n", ""),
    ],
)
def test_a_plan_with_issues_of_its_own_is_no_template(text: str, why: str) -> None:
    assert why_no_template(read(text)) == why
