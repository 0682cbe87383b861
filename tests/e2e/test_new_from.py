"""``new --from``: a plan from a team's own template."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from tests.support.folder import snapshot
from tests.support.shell import Shell

TEMPLATE = """\
# Plan: {FEATURE_TITLE}

**Feature ID:** {FEATURE_ID}
**Spec:** {SPEC_PATH}
**Created:** {DATE}
**Status:** Proposed

## Steps

### Phase 1: {Name}

- **Tasks:**
  - [ ] {task 1}
"""


def today() -> str:
    """Return the date as ``new`` writes it."""
    return str(datetime.now().astimezone().date())


def test_a_markdown_template_is_filled_and_the_rest_is_kept(plansync: Shell) -> None:
    plansync.write("docs/template.md", TEMPLATE)
    assert plansync("new", "Gift cards", "--from", "docs/template.md").stdout == "plans/001-gift-cards.md\n"
    assert plansync.read("plans/001-gift-cards.md") == (
        TEMPLATE.replace("{FEATURE_TITLE}", "Gift cards")
        .replace("{FEATURE_ID}", "001-gift-cards")
        .replace("{SPEC_PATH}", "specs/001-gift-cards/spec.md")
        .replace("{DATE}", today())
    )
    assert plansync.read("docs/template.md") == TEMPLATE
    assert plansync("new", "Gift wraps", "--from", "docs/template.md").stdout == "plans/002-gift-wraps.md\n"


def test_windows_line_ends_stay(plansync: Shell) -> None:
    template = plansync.write("template.md", "")
    template.write_bytes(TEMPLATE.replace("\n", "\r\n").encode())
    plansync("new", "Gift cards", "--from", "template.md")
    made = (plansync.folder / "plans/001-gift-cards.md").read_bytes()
    assert made.count(b"\r\n") == made.count(b"\n") == TEMPLATE.count("\n")


def test_a_jinja_template_is_rendered(plansync: Shell) -> None:
    plansync.write("own.md.j2", "# {{ title | upper }}\n\n**Feature ID:** {{ feature_id }}\n{{ spec }} {{ date }}\n")
    plansync("new", "Gift cards", "--from", "own.md.j2", "--output", "gift.md")
    assert plansync.read("gift.md") == (
        f"# GIFT CARDS\n\n**Feature ID:** 001-gift-cards\nspecs/001-gift-cards/spec.md {today()}\n"
    )


def test_the_shipped_template_is_used_without_one(plansync: Shell) -> None:
    plansync("new", "Gift cards")
    assert re.search(r"^## 8\. Open Questions$", plansync.read("plans/001-gift-cards.md"), re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "data", "code", "said"),
    [
        ("none.md", None, 1, ("none.md: no such file", "paths start at the working folder")),
        ("empty.md", b"", 1, ("empty.md:1:1: the file is empty", "A plan is a Markdown text")),
        ("latin.md", b"# Caf\xe9\n", 1, ("latin.md:1:6: byte 0xe9 is not UTF-8", "Save the file as UTF-8")),
        (
            "conflict.md",
            b"<<<<<<< a\n# T\n=======\n# U\n>>>>>>> b\n",
            1,
            ("conflict.md:1:1: the file holds", "Resolve"),
        ),
        (
            "used.md",
            b"# T\n\n### Phase 1: A\n\n- **Tasks:**\n  - [ ] one ([#1](http://127.0.0.1:8484/issues/1))\n",
            2,
            ("used.md is no template: its items are linked to issues", "take the links out"),
        ),
        ("odd.md.j2", b"# {{ titel }}\n", 2, ("odd.md.j2:1: 'titel' is undefined", "docs/templates.md")),
        ("open.md.j2", b"# {% if %}\n", 2, ("open.md.j2:1: ", "docs/templates.md")),
    ],
)
def test_a_template_that_cannot_be_used_is_said_and_nothing_is_written(
    plansync: Shell, name: str, data: bytes | None, code: int, said: tuple[str, str]
) -> None:
    if data is not None:
        (plansync.folder / name).write_bytes(data)
    before = snapshot(plansync.folder)
    done = plansync("new", "Gift cards", "--from", name, code=code)
    fault, advice = done.stderr.splitlines()
    assert said[0] in fault
    assert advice.startswith("hint: ")
    assert said[1] in advice
    assert snapshot(plansync.folder) == before


def test_a_folder_is_no_template(plansync: Shell) -> None:
    (plansync.folder / "docs").mkdir()
    assert "docs is a folder" in plansync("new", "Gift cards", "--from", "docs", code=2).stderr


def test_a_template_larger_than_a_plan_may_be_is_refused(plansync: Shell) -> None:
    plansync.write("big.md", "# T\n" * 100)
    done = plansync.given(PLANSYNC_LIMITS__PLAN_BYTES="99")("new", "Gift cards", "--from", "big.md", code=1)
    assert "limits.plan_bytes allows 99" in done.stderr
