"""How doctor's checks look."""

import pytest

from plansync.app.doctor import Checkup
from plansync.cli.lines import Line, Role
from plansync.cli.views.checkups import checkup_lines, summary_line
from plansync.ports.checkup import Check


@pytest.mark.parametrize(
    ("check", "line"),
    [
        (Check("token", True, "valid"), Line("web   ✓ token       valid", Role.ADDED)),
        (Check("token", False, "it is  not\nvalid"), Line("web   ✗ token       it is not valid", Role.BAD)),
        (Check("token", False, "not valid", "make one"), Line("web   ✗ token       not valid → make one", Role.BAD)),
        (Check("token", True, "ends", "make one"), Line("web   ! token       ends → make one", Role.CHANGED)),
        (Check("token", None, "odd", "look"), Line("web   ! token       odd → look", Role.CHANGED)),
        (Check("token", None, "odd"), Line("web   ? token       odd", Role.FAINT)),
    ],
)
def test_a_check_is_one_line_with_its_verdict_and_remedy(check: Check, line: Line) -> None:
    assert list(checkup_lines(Checkup("web", "p", (check,)), ["web", "core"])) == [line]


def test_the_last_line_counts_what_is_not_well() -> None:
    well, bad, odd = Check("a", True, ""), Check("b", False, "", "x"), Check("c", None, "", "y")
    assert summary_line([Checkup("web", "p", (well,))]) == Line("1 check: all well", Role.GOOD)
    assert summary_line([Checkup("web", "p", (well, bad)), Checkup("b", "p", (odd, odd))]) == Line(
        "4 checks: 1 failed, 2 warnings", Role.BAD
    )
    assert summary_line([Checkup("web", "p", (odd,))]).role is Role.GOOD
