"""Plans that runs leave alone until a person names them (spec §9)."""

from __future__ import annotations

import pytest

from plansync.core.holds import RETIRED, is_lifted, short, undone, undone_run, why_held

RUN = "20260302T120000.000000Z-abc123"


@pytest.mark.parametrize(
    ("hold", "by_name", "publish", "expected"),
    [
        ("", False, False, True),
        (undone(RUN), False, True, False),
        (undone(RUN), True, False, True),
        (RETIRED, True, False, False),
        (RETIRED, False, True, False),
        (RETIRED, True, True, True),
    ],
)
def test_who_may_take_a_held_plan_up_again(hold: str, by_name: bool, publish: bool, expected: bool) -> None:
    assert is_lifted(hold, by_name=by_name, publish=publish) is expected


def test_a_hold_says_why_and_what_ends_it() -> None:
    assert undone_run(undone(RUN)) == RUN
    assert undone_run(RETIRED) == undone_run("") == ""
    assert short(RUN) == "abc123"
    assert why_held(undone(RUN), "p.md") == "held since run abc123 was undone; `plansync once p.md` takes it up again"
    assert why_held(RETIRED, "p.md") == "retired; `plansync once --publish p.md` takes it up again"
