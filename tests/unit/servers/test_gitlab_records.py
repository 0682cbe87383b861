"""What the GitLab test server remembers of issues, and how its lists are asked; branches, files and merge requests."""

from __future__ import annotations

import base64

import pytest

from tests.servers.gitlab import GitLab
from tests.servers.gitlab.asking import Asking
from tests.support.clocks import TickingClock
from tests.support.people import People


@pytest.fixture
def gitlab() -> GitLab:
    return GitLab(TickingClock())


@pytest.fixture
def bot(gitlab: GitLab) -> Asking:
    return Asking(gitlab)


def test_people_leave_system_notes_and_events(gitlab: GitLab, bot: Asking) -> None:
    ann: People = gitlab.people("ann")
    number = ann.create_issue("Old task", "Text")
    milestone = ann.create_milestone("Plan")
    ann.rename(number, "New task")
    ann.set_body(number, "Other")
    ann.assign(number, "bob")
    ann.add_label(number, "urgent")
    ann.remove_label(number, "urgent")
    gitlab.people("ann").set_milestone(number, milestone)
    gitlab.people("ann").lock(number)
    gitlab.people("ann").make_confidential(number)
    ann.close(number)
    ann.reopen(number)
    ann.delete_milestone(milestone)
    notes = bot.get(f"issues/{number}/notes?sort=asc&activity_filter=only_activity")
    assert [note["body"] for note in notes] == [
        "changed title from **{-Old-} task** to **{+New+} task**",
        "changed the description",
        "assigned to @bob",
        "locked the discussion in this issue",
        "made the issue confidential",
    ]
    assert {note["author"]["username"] for note in notes} == {"ann"}
    events = {kind: bot.get(f"issues/{number}/resource_{kind}_events") for kind in ("state", "label", "milestone")}
    assert [event["state"] for event in events["state"]] == ["closed", "reopened"]
    assert [(event["action"], event["label"]["name"]) for event in events["label"]] == [
        ("add", "urgent"),
        ("remove", "urgent"),
    ]
    assert [event["action"] for event in events["milestone"]] == ["add"]
    assert bot.get(f"issues/{number}")["milestone"] is None


def test_a_put_that_changes_nothing_moves_no_time(gitlab: GitLab, bot: Asking) -> None:
    made = bot.post("issues", title="Task", description="Text", labels="a")
    same = bot.put("issues/1", title="Task ", description="Text\n", add_labels="a", state_event="reopen")
    assert same["updated_at"] == made["updated_at"]
    assert bot.put("issues/1", description="Other")["updated_at"] > made["updated_at"]


def test_lists_are_narrowed_by_labels_state_author_milestone_and_time(gitlab: GitLab, bot: Asking) -> None:
    milestone = bot.post("milestones", title="Plan")
    bot.post("issues", title="One", labels="plansync,risk", milestone_id=milestone["id"])
    two = bot.post("issues", title="Two", labels="plansync")
    gitlab.people("ann").create_issue("Three")
    bot.put("issues/1", state_event="close")

    def titles(query: str) -> list[str]:
        return [issue["title"] for issue in bot.get(f"issues?{query}")]

    assert titles("labels=plansync") == ["Two", "One"]
    assert titles("labels=plansync,risk&order_by=updated_at&sort=asc") == ["One"]
    assert titles("labels=none-such") == []
    assert (titles("labels=None"), titles("labels=Any&sort=asc")) == (["Three"], ["One", "Two"])
    assert (titles("state=opened"), titles("state=closed")) == (["Three", "Two"], ["One"])
    assert (titles("author_username=Ann"), titles("scope=created_by_me")) == (["Three"], ["Two", "One"])
    assert (titles("milestone=Plan"), titles("milestone=None")) == (["One"], ["Three", "Two"])
    assert titles(f"updated_after={two['updated_at']}&order_by=updated_at") == ["One", "Three", "Two"]
    assert titles(f"created_before={two['created_at']}&sort=asc") == ["One", "Two"]
    assert titles("iids[]=1&iids[]=3") == ["Three", "One"]
    assert [issue["title"] for issue in bot.get(f"milestones/{milestone['id']}/issues")] == ["One"]


def test_milestones_are_narrowed_closed_and_deleted(gitlab: GitLab, bot: Asking) -> None:
    first, second = (bot.post("milestones", title=title, description="Text") for title in ("One", "Two"))
    assert bot.put(f"milestones/{first['id']}", state_event="close", due_date="2026-01-01T00:00:00Z")["expired"]
    assert [found["iid"] for found in bot.get("milestones?state=active")] == [second["iid"]]
    assert [found["iid"] for found in bot.get("milestones?title=One")] == [first["iid"]]
    assert [found["iid"] for found in bot.get("milestones?search=TW")] == [second["iid"]]
    assert [found["iid"] for found in bot.get("milestones?iids[]=1")] == [first["iid"]]
    assert bot.answer("DELETE", f"milestones/{first['id']}").status == 204
    assert bot.post("milestones", title="One")["iid"] == 3


def test_an_unknown_milestone_is_left_out_and_zero_takes_it_away(bot: Asking) -> None:
    milestone = bot.post("milestones", title="Plan")
    bot.post("issues", title="Task", milestone_id=milestone["id"])
    assert bot.put("issues/1", milestone_id=99)["milestone"]["iid"] == 1
    assert bot.put("issues/1", milestone_id=0)["milestone"] is None


def test_notes_are_changed_by_their_author_and_never_system_notes(gitlab: GitLab, bot: Asking) -> None:
    bot.post("issues", title="Task")
    note = bot.post("issues/1/notes", body="Text\r\n")
    gitlab.people("ann").rename(1, "Other")
    assert (note["body"], bot.put(f"issues/1/notes/{note['id']}", body="New")["body"]) == ("Text", "New")
    (history,) = bot.get("issues/1/notes?activity_filter=only_activity")
    assert bot.refused("PUT", f"issues/1/notes/{history['id']}", body="New") == (403, "403 Forbidden")
    assert bot.answer("DELETE", f"issues/1/notes/{note['id']}").status == 204
    assert bot.answer("POST", "issues/1/notes", {"body": "/close"}).status == 202
    assert bot.get("issues/1")["user_notes_count"] == 0


def test_an_issue_is_moved_through_the_api(gitlab: GitLab, bot: Asking) -> None:
    other = gitlab.state.add_project("acme/web")
    bot.post("issues", title="Task")
    assert bot.refused("POST", "issues/1/move", to_project_id=other.id) == (404, "404 Project Not Found")
    gitlab.set_access("plansync-bot", 20, other)
    moved = bot.post("issues/1/move", to_project_id=other.id)
    assert (moved["references"]["full"], bot.get("issues/1")["moved_to_id"]) == ("acme/web#1", moved["id"])


def test_labels_are_kept_by_case_and_deleted_from_issues(bot: Asking) -> None:
    label = bot.post("labels", name="risk", color="#ff0000", description="A risk")
    bot.post("issues", title="Task", labels="risk,other")
    assert bot.refused("POST", "labels", name="risk", color="#ff0000") == (409, "Label already exists")
    assert bot.put(f"labels/{label['id']}", new_name="danger", color="#00ff00")["text_color"] == "#FFFFFF"
    assert bot.get("issues/1")["labels"] == ["danger", "other"]
    assert bot.answer("DELETE", "labels/danger").status == 204
    assert bot.get("issues/1")["labels"] == ["other"]


def test_files_are_committed_together_against_what_was_read(gitlab: GitLab, bot: Asking) -> None:
    add = [{"action": "create", "file_path": f"docs/{name}.md", "content": name} for name in ("a", "b")]
    first = bot.post("repository/commits", branch="main", commit_message="Add", actions=add)
    change = {"action": "update", "file_path": "docs/a.md", "content": "new", "last_commit_id": first["id"]}
    second = bot.post("repository/commits", branch="main", commit_message="Change", actions=[change])
    assert bot.refused("POST", "repository/commits", branch="main", commit_message="Again", actions=[change]) == (
        400,
        "You are attempting to update a file that has changed since you started editing it.",
    )
    seen = [bot.get(f"repository/files/docs%2F{name}.md?ref=main") for name in ("a", "b")]
    assert [file["last_commit_id"] for file in seen] == [second["id"], first["id"]]
    assert base64.b64decode(seen[0]["content"]) == b"new"
    assert [entry["path"] for entry in bot.get("repository/tree?path=docs")] == ["docs/a.md", "docs/b.md"]
    assert [entry["type"] for entry in bot.get("repository/tree?recursive=true")] == ["tree", "blob", "blob"]
    assert [commit["title"] for commit in bot.get("repository/commits?path=docs/b.md")] == ["Add"]
    assert bot.refused("GET", "repository/files/none.md?ref=main") == (404, "404 File Not Found")


def test_a_developer_pushes_to_a_branch_and_opens_a_merge_request(gitlab: GitLab, bot: Asking) -> None:
    gitlab.add_user("dev")
    dev = Asking(gitlab, "glpat-dev")
    actions = [{"action": "create", "file_path": "a.md", "content": "a"}]
    bot.post("repository/commits", branch="main", commit_message="Add", actions=actions)
    change = [{"action": "update", "file_path": "a.md", "content": "b"}]
    push = {"commit_message": "Change", "actions": change}
    assert dev.refused("POST", "repository/commits", branch="main", **push)[0] == 403
    dev.post("repository/commits", branch="plansync", start_branch="main", **push)
    wanted = {"source_branch": "plansync", "target_branch": "main", "title": "Change"}
    made = dev.post("merge_requests", **wanted)
    assert dev.refused("POST", "merge_requests", **wanted) == (
        409,
        ["Another open merge request already exists for this source branch: !1"],
    )
    assert [found["iid"] for found in dev.get("merge_requests?state=opened&source_branch=plansync")] == [made["iid"]]
    assert dev.put("merge_requests/1", state_event="close")["state"] == "closed"
