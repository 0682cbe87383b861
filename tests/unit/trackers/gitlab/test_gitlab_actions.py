"""No line that GitLab would carry out is sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plansync.core.neutralise import ActingText, neutralise
from plansync.errors import ChangeRefused
from plansync.trackers.gitlab.actions import check_text, find_action
from tests.servers.gitlab.commands import extract

LINES = [
    "/close",
    "/LABEL ~x",
    "  /assign @ann",
    "```",
    "````",
    "```py",
    " ```",
    "~~~",
    "- a",
    "- /close",
    "text",
    "",
    "> q",
    "/usr/bin/env",
]
NAMES = ("close", "label", "assign")
TEXTS = st.lists(st.sampled_from(LINES), max_size=10).map("\n".join)


@pytest.mark.parametrize(
    "text",
    [
        "/close",
        "Words\n/close",
        "/Close\n",
        "   /assign @ann",
        "/label ~bug\r\nmore",
        "~~~\n/close\n~~~",
        "````\n/close\n````",
        "```\n/close",
        "```\n```\n```\n/close\n```",
        " ```\n/close\n ```",
        "- a\n  ```\n  /close\n  ```",
        "```\ncode\n```\n/close\n```\ncode\n```",
    ],
)
def test_a_line_that_a_reader_of_gitlabs_may_carry_out_is_found(text: str) -> None:
    found = find_action(text)
    assert found is not None
    assert found.lower() in {"/close", "/assign", "/label"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a /close in the middle",
        "`/close`",
        "/usr/local/bin is a path",
        "// a comment",
        "/",
        "/\u200bclose",
        "- /close",
        "> /close",
        "    /close",
        "```\n/close\n```",
        "```sh\n/close\n```\n\nWords",
        "```\r\n/close\r\n```\r\n",
    ],
)
def test_paths_code_and_neutralised_lines_are_harmless(text: str) -> None:
    assert find_action(text) is None
    check_text(text, "open an issue")


def test_the_refusal_names_the_line_and_what_to_do() -> None:
    with pytest.raises(
        ChangeRefused, match="could not change issue #7: a line of its text begins with /close,"
    ) as caught:
        check_text("Words\n/close now", "change issue #7")
    assert "backticks" in caught.value.hint


@given(TEXTS)
def test_whatever_an_older_gitlab_would_carry_out_is_found(text: str) -> None:
    _, commands = extract(text, NAMES)
    assert not commands or find_action(text) is not None


@given(TEXTS)
def test_whatever_is_let_through_reaches_no_reader(text: str) -> None:
    sent = neutralise(text, ActingText(quick_actions=True))
    if find_action(sent) is None:
        assert extract(sent, NAMES) == (sent, [])
