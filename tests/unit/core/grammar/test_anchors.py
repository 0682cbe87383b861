"""The fragments of headings, as GitHub and GitLab compute them."""

import pytest

from tests.support.plan_texts import read

TASKS = "- **Tasks:**\n  - a\n"


def anchors(*headings: str, before: str = "") -> list[str]:
    """Return the anchors of the phases under these headings."""
    return [phase.anchor for phase in read(before + "".join(f"### {text}\n{TASKS}" for text in headings)).phases]


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Phase 1: Saving", "phase-1-saving"),
        ("Phase 1: It's 3.5 (and more)!", "phase-1-its-35-and-more"),
        ("Phase 1 — Dash & such", "phase-1--dash--such"),
        ("Phase 1: `code_with` **bold** [link](https://example.com)", "phase-1-code_with-bold-link"),
        ("Phase 1: Größe ИМЯ 名前", "phase-1-größe-имя-名前"),
        ("Phase 1: नमस्ते", "phase-1-नमस्ते"),
        ("Phase 1: a\u203fb ½ 🚀 x", "phase-1-a\u203fb-½--x"),
        ("Phase 1: a - b", "phase-1-a---b"),
    ],
)
def test_letters_marks_digits_and_connectors_stay(heading: str, anchor: str) -> None:
    assert anchors(heading) == [anchor]


def test_equal_headings_are_numbered() -> None:
    assert anchors("Phase 1: A", "Phase 1: A", "Phase 1: A!") == ["phase-1-a", "phase-1-a-1", "phase-1-a-2"]


def test_a_number_that_a_heading_has_of_its_own_is_taken() -> None:
    assert anchors("Phase 1: A", "Phase 1: A 1", "Phase 1: A") == ["phase-1-a", "phase-1-a-1", "phase-1-a-2"]


def test_headings_that_are_no_phases_count_as_well() -> None:
    assert anchors("Phase 1: A", before="## Notes\n\n### Phase 1: A\n\n## 5. Implementation Phases\n\n") == [
        "phase-1-a-1"
    ]
