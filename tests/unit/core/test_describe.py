"""The plain values of ``show --json``."""

from __future__ import annotations

import json
from typing import Any

from plansync.core.describe import describe_plan
from tests.support.plan_texts import ISSUE, LINK, MILESTONE, read

PLAN = f"""\
---
repos: web
---
# Implementation Plan: Search

**Feature ID:** 001
**Spec:** `specs/s.md`
**Created:** 2026-01-02
**Status:** [DRAFT]

## Phases

### Phase 1: Base

- **Goal:** g
- **Tasks:**
  - [x] T01: a — Assignee: kim ({LINK})
    - b
  - c ([#1](https://x.example/pull/1))
- **Deliverable:** d
- **Milestone:** {MILESTONE}

### Phase 2: Rest

- **Dependencies:** Phase 1
- **Tasks:**
  - {LINK} e

## Risks

| Risk | Likelihood | Impact | Mitigation |
|---|---|---|---|
| r ({LINK}) | L | H | m |

## Open Questions

- q?
- ✅ old ({LINK})
"""


def described() -> dict[str, Any]:
    values: dict[str, Any] = json.loads(json.dumps(describe_plan(read(PLAN), "plans/p.md")))
    return values


def test_the_header_is_as_written() -> None:
    values = described()
    assert [values[key] for key in ("file", "title", "feature_id", "spec", "created", "status", "repos")] == [
        "plans/p.md", "Search", "001", "specs/s.md", "2026-01-02", "[DRAFT]", ["web"],
    ]  # fmt: skip


def test_phases_have_their_tasks() -> None:
    one, two = described()["phases"]
    assert {key: one[key] for key in ("id", "name", "goal", "depends_on", "deliverable", "line")} == {
        "id": "1", "name": "Base", "goal": "g", "depends_on": [], "deliverable": "d", "line": 13,
    }  # fmt: skip
    assert (one["milestone"], two["milestone"]) == ("https://tracker.example/acme/web/milestone/3", None)
    assert two["depends_on"] == ["1"]
    first, second = one["tasks"]
    assert {key: first[key] for key in ("line", "title", "id", "state", "assignee", "depends_on", "details", "issue")} == {
        "line": 17, "title": "a", "id": "T01", "state": "done", "assignee": "kim", "depends_on": [], "details": ["b"], "issue": ISSUE,
    }  # fmt: skip
    assert (second["title"], second["issue"]) == ("c ([#1](https://x.example/pull/1))", None)
    assert [(task["title"], task["issue"]) for task in two["tasks"]] == [("e", ISSUE)]


def test_risks_have_words_and_a_score() -> None:
    (risk,) = described()["risks"]
    assert {key: risk[key] for key in ("line", "risk", "likelihood", "impact", "mitigation", "score", "issue")} == {
        "line": 33, "risk": "r", "likelihood": "low", "impact": "high", "mitigation": "m", "score": 3, "issue": ISSUE,
    }  # fmt: skip


def test_only_open_questions_are_questions() -> None:
    values = described()
    assert values["questions"] == ["q?"]
    assert values["question_details"] == [
        {"line": 37, "text": "q?", "state": "open", "issue": None},
        {"line": 38, "text": "old", "state": "done", "issue": ISSUE},
    ]


def test_problems_are_listed() -> None:
    values: Any = describe_plan(read("# T\n\n### Phase 1: x\n- [~] a\n"), "p.md")
    assert [problem["code"] for problem in values["problems"]] == ["PS104", "PS202"]
    assert values["problems"][1] == {
        "line": 4, "column": 3, "code": "PS202", "severity": "warning", "message": "the box [~] has an odd mark; it counts as open",
    }  # fmt: skip


def test_front_matter_gives_the_status_of_a_header_without_one() -> None:
    assert describe_plan(read("---\nstatus: done\n---\n# T\n"), "p.md")["status"] == "done"
    assert describe_plan(read("# T\n"), "p.md")["status"] is None


def test_the_other_sections_stand_beside_them_without_offsets() -> None:
    plan = read("## Components\n### Store\n- **Purpose:** p\n## Notes\ntext\n")
    values: Any = describe_plan(plan, "p.md")
    assert values["components"][0]["purpose"] == "p"
    assert values["components"][0]["fields"] == [{"name": "Purpose", "value": "p", "line": 3}]
    assert values["sections"] == [{"name": "Notes", "level": 2, "line": 4, "text": "text"}]
    assert "span" not in json.dumps(values)
