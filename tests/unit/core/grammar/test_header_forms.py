"""The Status in every form of a header: it is read, and written back so that nothing else changes (spec §2.1, §6)."""

from __future__ import annotations

import pytest

from plansync.core.confirm import EditedPlan, edit_plan
from plansync.core.parser import parse_plan
from plansync.core.progress import Stage
from plansync.core.rules import Rules
from plansync.core.sheets import Sheet
from plansync.core.status import status_edits
from plansync.core.writeback import PlanMarks
from tests.support.plan_texts import read

BODY = "\n\n## Implementation Phases\n\n### Phase 1: Base\n\n- **Tasks:**\n  - [x] one\n  - [ ] two\n"
LINES = (
    "**Status:** @", "**Status**: @", "**Status** : @", "__Status:__ @", "***Status:*** @", "**STATUS:** @",
    "**status**: @", "**Status：** @", "**Status**：@", "**Status:**\n@", "  **Status:**   @   ", "**Status (May):** @",
    "✅ **Status:** @", "**📊 Status:** @", "**📊 Status**: @", "*Status:* @", "_Status:_ @", "*Status*: @",
    "Status: @", "📊 Status: @", "**Status: @**", "***Status: @***", "*Status: @*", "**📊 Status: @**",
    "**Created:** x\n**Status:** @\n**Owner:** kim", "Created: x\nStatus: @\nOwner: kim", "Some text.\nStatus: @",
)  # fmt: skip
BULLETS = (
    "- **Status:** @", "* **Status**: @", "+ **Status:** @", "1. **Status:** @", "2) **Status:** @", "- Status: @",
    "- *Status*: @", "- 📊 **Status:** @", "- **Created:** x\n- **Status:** @\n- **Owner:** kim",
    "-   **Created:** x\n\n-   **Status:**   @", "- **Created:** x | **Status:** @",
)  # fmt: skip
RUNS = (
    "**Created:** x | **Status:** @ | **Owner:** kim", "**Created:** x · **Status:** @ · **Owner:** kim",
    "**Status:** @ | **Owner:** kim", "**Status:** @ · **Owner:** kim", "**Status**: @ • **Owner**: kim",
    "**Owner:** kim, **Status:** @", "**Status:** @ - **Owner:** kim", "**Status:** @ **Owner:** kim",
    "**Status:** @<br>**Owner:** kim", "**Created:** x<BR />**Status:** @", "Created: x | Status: @ | Owner: kim",
    "Created: `a | b` · 📊 Status: @", "**Created:** [x](y) | 📊 **Status:** @",
    "**Created:** x <!-- c --> | <!-- d --> **Status:** @",
)  # fmt: skip
QUOTES = (
    "> **Status:** @", "> Status: @", "> **Created:** x\n> **Status:** @\n> **Owner:** kim",
    "> **Created:** x\n>\n> **Status:** @", "> **Created:** x · **Status:** @", "> [!NOTE]\n> **Status:** @",
    "> **Created:** x\n> Status: @\n> Owner: kim", "> Some text.\n> Status: @",
)  # fmt: skip
TABLES = (
    "| **Status** | @ |\n|---|---|\n| **Owner** | kim |", "| | |\n|---|---|\n| **Status** | @ |",
    "| Field | Value |\n|---|---|\n| **Status:** | @ |\n| **Owner** | kim |",
    "| Field | Value |\n|---|---|\n| **Status**: |   @   |", "Field | Value\n---|---\n**Status** | @",
    "| Field | Value |\n|---|---|\n| Status | @ |", "| **Owner** | kim | **Status** | @ |\n|---|---|---|---|",
    "**Status** | @\n---|---\n**Owner** | kim",
)  # fmt: skip
BEHIND = (
    "**Status:** @ <!-- Draft or Done -->", "**Status:** <!-- Draft or Done --> @", "**Status:** @<!-- a --> <!-- b -->",
    "**Status:** @  \n**Owner:** kim", "**Status:** @\\\n**Owner:** kim", "**Status:** @<br>\n**Owner:** kim",
    "**Status:** @\n\n---", "**Status:** @\n---", "**Status:** @ (v2)", "**Status:** @ — by Ann", "**Status:** @, v2",
    "**Status:** @ · v2 · 2026-01-02", "**Status:** @ | 2026-01-02", "**Status:** @\nThis plan says how we will do it.",
    "- **Status:** @ (v2) <!-- x -->  \n- **Owner:** kim", "| **Status** | @ (v2) <!-- x --> |\n|---|---|\n| a | b |",
)  # fmt: skip
FRONT_MATTER = (
    "status: @", "Status:  @   ", "status: @ # Draft, Approved or Done", "status: '@'", 'status: "@" # Draft or Done',
    '"status": @', "title: x\nrepos:\n  - web\nstatus: @\nphases:\n- status: done", "plan:\n  title: x\n  status: @",
    "metadata:\n    phases:\n    - status: done\n    status: '@'\nphase:\n  status: done",
)  # fmt: skip
WORDS = (
    ("Draft", "In Progress"), ("draft", "in progress"), ("DRAFT", "IN PROGRESS"), ("not-started", "in-progress"),
    ("[DRAFT]", "[IN PROGRESS]"), ("**Draft**", "**In Progress**"), ("_draft_", "_in progress_"),
    ("`draft`", "`in progress`"), ("[Draft](x.md)", "[In Progress](x.md)"), ("🚧 Draft", "In Progress"),
    ("📝 **[NOT STARTED]**", "**[IN PROGRESS]**"), (":memo: Draft", "In Progress"), ("Draft ⏳", "In Progress"),
)  # fmt: skip
HEADERS = (*LINES, *BULLETS, *RUNS, *QUOTES, *TABLES, *BEHIND)


def in_progress(text: str) -> str:
    """Return ``text`` as it is after write-back in the middle of the work, confirmed by reading it again."""
    source = text.encode()
    plan = parse_plan(source)
    marks = PlanMarks(status=status_edits(plan, Stage.IN_PROGRESS, Rules()).edits)
    edited = edit_plan((Sheet("", source),), plan, marks, parse_plan)
    assert isinstance(edited, EditedPlan), edited
    return edited.sheets[0].data.decode()


def emphasised(form: str, word: str) -> bool:
    """Say whether the word's own marks would run into those of the form: then nobody writes it so."""
    return ("@*" in form or "@**" in form) and word[:1] in "*_[`📝"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("form", HEADERS)
def test_the_status_is_written_in_the_headers_form(form: str, newline: str) -> None:
    for old, new in WORDS if newline == "\n" else WORDS[:2]:
        if not emphasised(form, old):
            before = f"# T\n\n{form.replace('@', old)}{BODY}".replace("\n", newline)
            after = f"# T\n\n{form.replace('@', new)}{BODY}".replace("\n", newline)
            assert in_progress(before) == after
            assert in_progress(after) == after


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("form", FRONT_MATTER)
def test_the_status_is_written_into_front_matter(form: str, newline: str) -> None:
    old, new = ("in-review", "in-progress")
    before = f"---\n{form.replace('@', old)}\n---\n\n# T{BODY}".replace("\n", newline)
    after = f"---\n{form.replace('@', new)}\n---\n\n# T{BODY}".replace("\n", newline)
    assert in_progress(before) == after
    assert in_progress(f"\ufeff{before}") == f"\ufeff{after}"


@pytest.mark.parametrize("form", RUNS)
def test_the_other_fields_of_a_run_are_read(form: str) -> None:
    found = {field.name: field.value for field in read(f"# T\n\n{form.replace('@', 'Draft')}\n\n## S\n").header}
    assert found.pop("Status") == "Draft"
    assert found in (
        {"Owner": "kim"}, {"Created": "x"}, {"Created": "x", "Owner": "kim"}, {"Created": "`a | b`"},
        {"Created": "[x](y)"},
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "The **Status:** Draft", "The Status: Draft", "`Status: Draft`", "**My Status: Draft**", "a Status: Draft",
        "| Status | Owner |\n|---|---|\n| Draft | Kim |", "| a | b | c |\n|---|---|---|\n| **Status** | x | y |",
        "| a | b | c | d |\n|---|---|---|---|\n| **Size** | x | Status: | y |\n", "Status:Draft", "[Status: Draft](x)",
        "**S**tatus: Draft", "~~**Status:** Draft~~", "****\n", "Other: x | More: y", "x" * 40 + " **Status:** Draft",
        "(**Status:** x)", "ü **Status:** x", "# Second\n\n**Status:** Draft", "### Phase 1: X\n\n**Status:** Draft", "![](**Status:** x)", "** **", "*![](x)*",
        "**Size:** `x` **Note:** Draft", "**![](x)**",
    ],
)  # fmt: skip
def test_no_status_is_read_where_none_is_meant(text: str) -> None:
    assert read(f"# T\n\n{text}\n\n## S\n").status is None


def test_the_first_of_the_header_is_the_one() -> None:
    assert in_progress(f"# T\n\n- Status: Draft\n\n**Status:** Planned{BODY}") == (
        f"# T\n\n- Status: In Progress\n\n**Status:** Planned{BODY}"
    )


def test_a_plain_name_ends_with_its_line() -> None:
    plan = read("# T\n\nSpec: specs/x.md\nand more\nStatus: Draft\nand more\n\n## S\n")
    assert [(field.name, field.value) for field in plan.header] == [("Spec", "specs/x.md"), ("Status", "Draft")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("**Status:**✅ Done", "**Status:** In Progress"),
        ("__Status:__ ✅Done", "__Status:__ In Progress"),
        ("**Status**:✅Done", "**Status**:In Progress"),
    ],
)
def test_an_emoji_that_touches_the_label_leaves_a_blank_where_it_is_needed(old: str, new: str) -> None:
    assert in_progress(f"# T\n\n{old}{BODY}") == f"# T\n\n{new}{BODY}"
