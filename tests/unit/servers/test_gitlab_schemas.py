"""What the GitLab test server answers has the form that GitLab's own schemas, examples and payloads give.

They lie beside the checkout where they are at hand (``../shared/gitlab``), with a page of cautions that is minded here:
references point into GitLab's own tree, lists hide theirs among the properties, the milestones' file is years old, some
patterns are Ruby's, and the notes' schema forbids fields that GitLab's documentation has. What a schema cannot see, the
examples do: every field of an example must be there, with a value of the same kind.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.servers.gitlab import GitLab
from tests.servers.gitlab.asking import Asking
from tests.support.clocks import TickingClock

SHARED = Path(__file__).parents[3].parent / "shared" / "gitlab"

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="GitLab's schemas and examples are not beside the checkout")

NOTES_HAVE_MORE = {"project_id", "imported", "imported_from"}
NOT_HERE = {"escalation_status", "escalation_policy", "position", "branch_name", "updated_by_id"}
"""Fields of the payloads that belong to a paid edition, or are long gone."""


@pytest.fixture
def gitlab() -> GitLab:
    gitlab = GitLab(TickingClock())
    ann = gitlab.people("ann")
    for title in ("First", "Second"):
        gitlab.desk.new_label(gitlab.project, title).description = "Text"
    milestone = ann.create_milestone("Plan", "Text")
    number = ann.create_issue("Task", "- [ ] one\n- [x] two")
    ann.assign(number, "bob")
    ann.add_label(number, "First")
    ann.set_milestone(number, milestone)
    ann.comment(number, "Text")
    ann.rename(number, "Other")
    ann.create_issue("Other task")
    return gitlab


@pytest.fixture
def bot(gitlab: GitLab) -> Asking:
    return Asking(gitlab)


def read(name: str) -> Any:
    return json.loads((SHARED / name).read_text())


def schema(name: str) -> Any:
    """Return a schema that stands by itself: references resolved, Ruby's patterns and odd types dropped."""
    return _whole(read(name), name.rpartition("/")[0])


def _whole(node: Any, folder: str) -> Any:
    if isinstance(node, list):
        return [_whole(item, folder) for item in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        target = node["$ref"].rpartition("/")[2]
        return schema(f"{folder}/{target}" if folder and (SHARED / folder / target).is_file() else target)
    return {key: _whole(value, folder) for key, value in node.items() if key != "pattern"}


def errors(instance: Any, name: str) -> list[str]:
    checker = jsonschema.Draft202012Validator(schema(name), format_checker=jsonschema.FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(instance)]


def missing(example: Any, answer: Any, path: str = "$") -> Iterator[str]:
    """Give where an answer lacks what an example has, or has a value of another kind."""
    if isinstance(example, dict):
        if not isinstance(answer, dict):
            yield f"{path} is {answer!r}"
            return
        for key, value in example.items():
            if key not in answer:
                yield f"{path}.{key} is missing"
            elif value is not None and answer[key] is not None:
                yield from missing(value, answer[key], f"{path}.{key}")
    elif isinstance(example, list):
        if example and answer:
            yield from missing(example[0], answer[0], f"{path}[0]")
    elif type(example) is not type(answer):
        yield f"{path} is {answer!r} and not like {example!r}"


def test_issues_keep_their_schema(bot: Asking) -> None:
    assert errors(bot.get("issues/1"), "issue.json") == []
    assert [errors(issue, "issue.json") for issue in bot.get("issues")] == [[], []]
    assert errors(bot.post("issues", title="New", description="Text"), "issue.json") == []


def test_milestones_keep_their_schema(bot: Asking) -> None:
    made = bot.post("milestones", title="Dated", due_date="2026-04-01", start_date="2026-03-01")
    strict = schema("milestone.json")
    for name in ("start_date", "due_date"):
        strict["properties"][name].pop("format")  # the documentation has plain dates
    checker = jsonschema.Draft202012Validator(strict)
    found = [made, *bot.get("milestones")]
    assert [list(checker.iter_errors(milestone)) for milestone in found] == [[], [], []]


def test_notes_keep_their_schema_but_for_the_newer_fields(bot: Asking) -> None:
    notes = bot.get("issues/1/notes")
    assert {note["system"] for note in notes} == {False, True}
    older = [{name: value for name, value in note.items() if name not in NOTES_HAVE_MORE} for note in notes]
    assert errors(older, "notes.json") == []


def test_labels_keep_their_schemas(bot: Asking) -> None:
    for label in bot.get("labels?with_counts=true"):
        assert errors(label, "labels/project_label_with_counts.json") == []
    details = bot.get("issues?with_labels_details=true")[-1]["labels"]
    assert [errors(label, "label_basic.json") for label in details] == [[]]


def test_links_keep_their_schema(gitlab: GitLab, bot: Asking) -> None:
    link = bot.post("issues/1/links", target_project_id=gitlab.project.id, target_issue_iid=2)
    assert errors(link, "issue_link.json") == []
    (related,) = bot.get("issues/1/links")
    assert errors(related, "issue.json") == []
    assert list(missing(read("examples/issue_links_list.json"), [related])) == []
    assert list(
        missing(read("examples/issue_link_get.json"), bot.get(f"issues/1/links/{related['issue_link_id']}"))
    ) == [
        "$.source_issue.subscribed is missing",
        "$.target_issue.subscribed is missing",
    ]


def test_issues_have_every_field_of_the_examples(bot: Asking) -> None:
    assert list(missing(read("examples/issue_get.json"), bot.get("issues/1"))) == [
        "$.milestone.closed_at is missing"
    ]  # the schema forbids it
    assert list(missing(read("examples/issues_list_project.json"), bot.get("issues?iids[]=1"))) == []
    assert list(missing(read("examples/issue_create.json"), bot.post("issues", title="New"))) == []
    assert list(missing(read("examples/issue_update.json"), bot.put("issues/1", state_event="close"))) == []


def test_milestones_labels_and_notes_have_every_field_of_the_examples(bot: Asking) -> None:
    assert list(missing(read("examples/milestones_list_recent.json"), bot.get("milestones"))) == []
    assert list(missing(read("examples/labels_list.json"), bot.get("labels?with_counts=true"))) == []
    lacking = list(missing(read("examples/label_create.json"), bot.post("labels", name="new", color="#abc")))
    counts = ("open_issues_count", "closed_issues_count", "open_merge_requests_count")
    assert lacking == [f"$.{name} is missing" for name in counts]  # GitLab's code counts only where it is asked to
    lacking = list(missing(read("examples/notes_list.json"), bot.get("issues/1/notes")))
    assert lacking == ["$[0].author.email is missing", "$[0].author.created_at is missing"]  # the schema has neither


def test_commits_and_files_have_every_field_of_the_examples(bot: Asking) -> None:
    action = {"action": "create", "file_path": "docs/plan.md", "content": "Text"}
    made = bot.post("repository/commits", branch="main", commit_message="Add a plan", actions=[action])
    assert list(missing(read("examples/commit_create.json"), made)) == []
    assert (
        list(missing(read("examples/commits_list.json"), bot.get("repository/commits")))
        == ["$[0].web_url is missing"] * 0
    )
    shown = bot.get("repository/files/docs%2Fplan.md?ref=main")
    assert list(missing(read("examples/repository_file_get.json"), shown)) == []
    written = bot.put("repository/files/docs%2Fplan.md", branch="main", commit_message="Change it", content="More")
    assert list(missing(read("examples/repository_file_update.json"), written)) == []


def test_web_hooks_are_sent_what_the_documentation_shows(gitlab: GitLab, bot: Asking) -> None:
    kinds = ("issues_events", "note_events", "milestone_events", "push_events")
    bot.post("hooks", url="https://plansync.example/hook", **dict.fromkeys(kinds, True))
    bot.put("issues/1", labels=["Second"])
    bot.post("issues/1/notes", body="Text")
    bot.post("milestones", title="Beta")
    action = {"action": "create", "file_path": "plan.md", "content": "Text"}
    bot.post("repository/commits", branch="main", commit_message="Add a plan", actions=[action])
    names = ["issue.json", "note_issue.json", "milestone.json", "push.json"]
    events = ["Issue Hook", "Note Hook", "Milestone Hook", "Push Hook"]
    assert [delivery.event for delivery in gitlab.deliveries] == events
    lacking = {
        name: [
            line
            for line in missing(read(f"hooks/{name}"), delivery.json())
            if line.split()[0].rpartition(".")[2] not in NOT_HERE
        ]
        for name, delivery in zip(names, gitlab.deliveries, strict=True)
    }
    assert lacking == {name: [] for name in names}
