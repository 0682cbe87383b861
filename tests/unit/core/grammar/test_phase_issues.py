"""Issues in the heading of a phase are remarks, no part of its name (spec §2.3)."""

from __future__ import annotations

import pytest

from plansync.core.grammar.phase_names import read_phase_name

URL = "https://tracker.example/acme/web/issues/12"
LINK = f"[#12]({URL})"


@pytest.mark.parametrize(
    "heading",
    [
        f"Phase 1: Pipes ({LINK})",
        f"Phase 1: Pipes {LINK}",
        f"Phase 1: Pipes — {LINK}",
        f"Phase 1: Pipes - {LINK}",
        f"Phase 1: Pipes — {LINK} ✅ COMPLETE",
        f"Phase 1: Pipes ✅ ({LINK})",
        f"Phase 1: Pipes (2h) ({LINK})",
        f"Phase 1: Pipes ({LINK}, [#13]({URL}))",
        f"Phase 1: Pipes (Issue {LINK})",
        f"Phase 1: Pipes — Tracking: {LINK}",
        f"{LINK} Phase 1: Pipes",
        f"{LINK}: Phase 1: Pipes",
        f"({LINK}) Phase 1: Pipes",
        f"Phase 1 ({LINK}): Pipes",
        f"Phase 1 {LINK} — Pipes",
        f"[Phase 1: Pipes]({URL})",
        "Phase 1: Pipes (#12)",
        "Phase 1: Pipes — #12",
        "Phase 1: Pipes (Issue #12)",
        "Phase 1: Pipes (Issues #12, #13 and #14)",
        "Phase 1: Pipes (GH-12)",
        "Phase 1: Pipes (!12)",
        "Phase 1: Pipes (acme/web#12)",
        "Phase 1: Pipes (PR #12)",
    ],
)
def test_they_are_taken_off(heading: str) -> None:
    found = read_phase_name(heading)
    assert found is not None
    assert (found.id, found.name) == ("1", "Pipes")
    assert found.heading.endswith("Pipes")
    assert "12" not in found.heading


@pytest.mark.parametrize(
    "name", ["Fix #12", "Fix what (#12) broke", f"Fix {LINK} for good", "Pipes (see #12)", "Pipes (separate issue)"]
)
def test_in_the_midst_of_a_name_they_stay(name: str) -> None:
    found = read_phase_name(f"Phase 1: {name}")
    assert found is not None
    assert found.name == name


def test_a_name_that_is_a_link_is_a_name() -> None:
    found = read_phase_name("Phase 1: [Pipes](pipes.md)")
    assert found is not None
    assert (found.name, found.suffix) == ("[Pipes](pipes.md)", None)
    assert (read_phase_name(f"Phase 1: {LINK}") or found).name is None
