"""A missing Status line is put in; nothing else is mended."""

from __future__ import annotations

import pytest

from plansync.core.confirm import EditedPlan, edit_plan
from plansync.core.mend import mend_plan
from plansync.core.parser import parse_plan
from plansync.core.rules import StatusWords
from plansync.core.sheets import Sheet
from plansync.core.writeback import PlanMarks

WORDS = StatusWords(not_started="Geplant", in_progress="In Arbeit", complete="Fertig")
PHASE = "\n\n## Implementation Phases\n\n### Phase 1: A\n\n- **Tasks:**\n  - [{}] one\n  - [{}] two\n"


def mended(text: str, words: StatusWords = WORDS) -> str | None:
    """Return ``text`` with what was put in, or None where nothing was."""
    source = text.encode()
    plan = parse_plan(source)
    mend = mend_plan(plan, words)
    if mend is None:
        return None
    edited = edit_plan((Sheet("", source),), plan, PlanMarks(status=(mend.edit,)), parse_plan)
    assert isinstance(edited, EditedPlan), edited
    assert mend_plan(parse_plan(edited.sheets[0].data), words) is None
    assert mend.problem.code == "PS104"
    assert mend.text in edited.sheets[0].data.decode()
    return edited.sheets[0].data.decode()


@pytest.mark.parametrize(
    ("boxes", "word"),
    [("  ", "Draft"), ("x ", "In Arbeit"), ("xx", "Fertig")],
)
def test_the_word_says_how_far_the_boxes_are(boxes: str, word: str) -> None:
    assert mended("# T" + PHASE.format(*boxes)) == f"# T\n\n**Status:** {word}" + PHASE.format(*boxes)


@pytest.mark.parametrize(
    ("header", "after"),
    [
        ("# T\n\n**Owner:** kim", "# T\n\n**Owner:** kim\n**Status:** Draft"),
        ("# T\n\n- Created: x", "# T\n\n- Created: x\n- **Status:** Draft"),
        ("# T\n\n| **Owner** | kim |\n|---|---|", "# T\n\n| **Owner** | kim |\n|---|---|\n\n**Status:** Draft"),
        ("# T\n\n> **Owner:** kim", "# T\n\n> **Owner:** kim\n\n**Status:** Draft"),
        ("---\ntitle: x\n---\n\n# T", "---\ntitle: x\n---\n\n# T\n\n**Status:** Draft"),
        ("# T\n\n**Owner:** kim | **Size:** L", "# T\n\n**Owner:** kim | **Size:** L\n**Status:** Draft"),
        ("Text.", "**Status:** Draft\n\nText."),
    ],
)
def test_it_stands_with_the_other_fields(header: str, after: str) -> None:
    rest = PHASE.format(" ", " ")
    assert mended(header + rest) == after + rest
    assert mended((header + rest).replace("\n", "\r\n")) == (after + rest).replace("\n", "\r\n")


@pytest.mark.parametrize(
    "text",
    [
        "# T\n\nStatus: whatever" + PHASE,
        "# T\n\n**Status:**" + PHASE,
        "---\nstatus: x\n---\n# T" + PHASE,
        "---\nplansync: false\n---\n# T" + PHASE,
        "# T\n\n<!-- plansync:ignore -->" + PHASE,
        "# T\n\nNo plan at all.\n",
        "# T" + PHASE.replace("one", "~~one~~ <!-- plansync:ignore -->").replace("two", "~~two~~"),
        "# T" + PHASE.replace("Phase 1: A", "Phase 1: A <!-- plansync:ignore -->"),
        "<<<<<<< a\n# T\n=======\n# U\n>>>>>>> b" + PHASE,
        "",
    ],
)
def test_a_plan_that_has_one_or_shall_have_none_is_left_alone(text: str) -> None:
    assert mended(text.replace("{}", " ")) is None
