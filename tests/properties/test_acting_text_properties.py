"""Whatever a plan says, GitLab finds nothing in it to carry out: two readings of the same rules, one against the other."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from plansync.core.neutralise import ActingText, neutralise, neutralise_line
from plansync.trackers.gitlab.actions import find_action

GITLAB = ActingText(quick_actions=True, references=("#", "!", "&", "%", "~", "$"))
LINES = st.lists(
    st.sampled_from(
        [
            "```",
            "``` sh",
            "````",
            "~~~",
            "   ```",
            "    ```",
            "- ```",
            "> ```",
            "/close",
            " /assign @all",
            "\t/close",
            "- /label ~x",
            "> /close",
            "`/close`",
            "`` ` /close",
            "words",
            "",
            "<!-- ",
            "-->",
            "<pre>",
            "</pre>",
            "1. /close",
            "\u200b/close",
            "\ufeff/close",
            "\\/close",
        ]
    ),
    max_size=9,
)


@given(LINES)
@example(["````", "````", "```", "/close"])
@example(["~~~", "```", "~~~", "```", "/close"])
@settings(max_examples=1500)
def test_no_text_of_a_plan_holds_a_line_that_gitlab_would_carry_out(lines: list[str]) -> None:
    assert find_action(neutralise("\n".join(lines), GITLAB)) is None


@given(LINES)
def test_no_line_of_a_plan_is_carried_out(lines: list[str]) -> None:
    assert find_action(neutralise_line("\n".join(lines), GITLAB)) is None
