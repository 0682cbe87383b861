"""The GitLab test server reads texts as GitLab does: quick actions, mentions, references."""

from __future__ import annotations

import pytest

from tests.servers.gitlab import GitLab
from tests.servers.gitlab.commands import Command, extract
from tests.servers.gitlab.quick_actions import NAMES
from tests.servers.gitlab.references import mentioned_users
from tests.servers.gitlab.values import GUEST
from tests.support.clocks import TickingClock


@pytest.fixture
def gitlab() -> GitLab:
    return GitLab(TickingClock())


@pytest.mark.parametrize(
    "text",
    [
        "/close",
        "before\n/close\nafter",
        "before\n\n/CLOSE  \n\nafter",
        "~~~\n/close\n~~~",  # the older reader knows no such fence
        "- a list\n/close",  # and no lists
        "`code`\n\n/close\n\n`code`",  # the newer one reads paragraph by paragraph
        "text\n/close and more",
    ],
)
def test_a_line_that_begins_with_a_command_is_one(text: str) -> None:
    assert [command.name for command in extract(text, NAMES)[1]] == ["close"]


@pytest.mark.parametrize(
    "text",
    [
        "/closed",
        " /close",
        "\\/close",
        "> /close",
        "text /close",
        "`/close`",
        "```\n/close\n```",
        "    /close",
        "<details>\n/close\n</details>",
        ">>>\n/close\n>>>",
        "`one\n/close\ntwo`",
        "/unknown",
        "/ close",
    ],
)
def test_what_is_quoted_or_code_or_not_at_the_start_is_text(text: str) -> None:
    assert extract(text, NAMES) == (text, [])


def test_commands_are_cut_out_with_the_empty_lines_after_them() -> None:
    assert extract("a\n/label ~x \n\n\nb\n/title  New", NAMES) == (
        "a\nb",
        [Command("label", "~x"), Command("title", "New")],
    )


def test_a_description_is_carried_out_with_the_rights_of_its_author(gitlab: GitLab) -> None:
    ann = gitlab.people("ann")
    gitlab.desk.new_label(gitlab.project, "urgent")
    milestone = ann.create_milestone("Beta 2")
    number = ann.create_issue(
        "Task",
        'Text\n/label ~urgent\n/milestone %"Beta 2"\n/assign @ann\n/confidential\n/due 2026-04-01\n/lock\n/close',
    )
    issue = ann.issue(number)
    assert issue.description == "Text"
    assert [label.name for label in issue.labels] == ["urgent"]
    assert issue.milestone is ann.milestone(milestone)
    assert [user.username for user in issue.assignees] == ["ann"]
    assert (issue.state, issue.confidential, issue.discussion_locked, issue.due_date) == (
        "closed",
        True,
        True,
        "2026-04-01",
    )
    assert [name for _, name, _ in gitlab.executed] == [
        "label", "milestone", "assign", "confidential", "due", "lock", "close",
    ]  # fmt: skip


def test_a_guest_carries_out_nothing_but_on_the_state_and_title_of_an_own_issue(gitlab: GitLab) -> None:
    gitlab.add_user("gus", GUEST)
    gitlab.desk.new_label(gitlab.project, "urgent")
    number = gitlab.people("gus").create_issue("Task", "/label ~urgent\n/title Other\n/close")
    issue = gitlab.issue(number)
    assert (issue.labels, issue.title, issue.state) == ([], "Other", "closed")


def test_a_note_of_commands_alone_leaves_no_note(gitlab: GitLab) -> None:
    ann = gitlab.people("ann")
    first, second, third = (ann.create_issue(f"Task {n}") for n in range(3))
    ann.comment(second, f"/duplicate #{first}")
    ann.comment(third, f"/relate #{first}\n/unassign\n/relabel ~none\nand a word")
    assert ann.comments(second) == []
    assert ann.comments(third) == [("ann", "and a word")]
    assert (ann.issue(second).state, ann.issue(second).duplicate_of) == ("closed", ann.issue(first))
    assert [(link.source.iid, link.target.iid) for link in gitlab.state.links.values()] == [(third, first)]


def test_lenient_quick_actions_are_text(gitlab: GitLab) -> None:
    gitlab.lenient.add("quick-actions")
    ann = gitlab.people("ann")
    issue = ann.issue(ann.create_issue("Task", "Text\n/close"))
    assert (issue.description, issue.state, gitlab.executed) == ("Text\n/close", "opened", [])


@pytest.mark.parametrize("lenient", [False, True])
def test_texts_lose_carriage_returns_and_trailing_space(gitlab: GitLab, lenient: bool) -> None:
    gitlab.lenient.update({"tidied-texts"} if lenient else ())
    ann = gitlab.people("ann")
    sent = "one\r\ntwo \n\n"
    number = ann.create_issue("Task", sent)
    ann.comment(number, sent)
    kept = sent if lenient else "one\ntwo"
    assert (ann.issue(number).description, ann.comments(number)) == (kept, [("ann", kept)])


def test_mentions_are_told_outside_of_code_alone(gitlab: GitLab) -> None:
    text = "@ann, (@b-ob.) `@code` a@mail.example @dnd-kit/core @all\n```\n@fence\n```\n<!-- @comment --> \\@no /@path"
    assert mentioned_users(text) == ["ann", "b-ob", "dnd-kit/core", "all"]
    ann = gitlab.people("ann")
    number = ann.create_issue("Hello @bob", "and @eve")
    ann.comment(number, "@bob again")
    here = f"acme/platform/core#{number}"
    assert gitlab.notified == [(here, "bob"), (here, "eve"), (here, "bob")]


def test_references_leave_a_note_at_their_target_once(gitlab: GitLab) -> None:
    other = gitlab.state.add_project("acme/platform/web")
    ann, bea = gitlab.people("ann"), gitlab.people("bea", other)
    first = ann.create_issue("First")
    second = ann.create_issue("Second", f"see #{first}, `#{first}`, #99, acme/platform/core#{first}, core#{first}")
    ann.comment(second, f"again #{first}")
    third = bea.create_issue("Third", f"{gitlab.base}/acme/platform/core/-/issues/{first}")
    assert [note.body for note in ann.issue(first).notes] == [
        f"mentioned in issue #{second}",
        f"mentioned in issue acme/platform/web#{third}",
    ]
    core, web = "acme/platform/core", "acme/platform/web"
    assert gitlab.cross_references == [(f"{core}#{second}", f"{core}#{first}"), (f"{web}#{third}", f"{core}#{first}")]
