"""Who may do what in the GitLab test server, and what the others are told."""

from __future__ import annotations

from datetime import date

import pytest

from tests.servers.gitlab import GitLab
from tests.servers.gitlab.asking import Asking
from tests.servers.gitlab.values import GUEST, OWNER, PLANNER, REPORTER, TokenKind
from tests.support.clocks import FakeClock


@pytest.fixture
def gitlab() -> GitLab:
    return GitLab(FakeClock())


@pytest.fixture
def bot(gitlab: GitLab) -> Asking:
    return Asking(gitlab)


def test_a_token_is_taken_in_either_header(gitlab: GitLab) -> None:
    bearer = Asking(gitlab, "", "authorization").answer(
        "GET", "/user", authorization="Bearer glpat-plansync-test-server"
    )
    assert bearer.content["username"] == Asking(gitlab).get("/user")["username"] == "plansync-bot"


def test_a_token_that_is_unknown_expired_or_revoked_is_refused(gitlab: GitLab) -> None:
    unknown, old, gone = (Asking(gitlab, value) for value in ("glpat-unknown", "glpat-old", "glpat-gone"))
    gitlab.add_token("plansync-bot", "glpat-old", expires_on=date(2026, 3, 2))
    gitlab.add_token("plansync-bot", "glpat-gone").revoked = True
    assert unknown.refused("GET", "/user") == (401, "401 Unauthorized")
    assert [asking.refused("GET", "/user")[1]["error"] for asking in (old, gone)] == ["invalid_token"] * 2
    assert "expired" in old.refused("GET", "issues")[1]["error_description"]


def test_a_token_that_may_only_read_is_refused_to_write(gitlab: GitLab, bot: Asking) -> None:
    gitlab.add_token("plansync-bot", "glpat-reader", scopes=("read_api",))
    gitlab.add_token("plansync-bot", "glpat-me", scopes=("read_user",))
    reader, me = Asking(gitlab, "glpat-reader"), Asking(gitlab, "glpat-me")
    assert (reader.get("issues"), reader.get("/personal_access_tokens/self")["scopes"]) == ([], ["read_api"])
    status, words = reader.refused("POST", "issues", title="Task")
    assert (status, words["error"], words["scope"]) == (403, "insufficient_scope", "api")
    assert (me.get("/user")["username"], me.refused("GET", "issues")[0]) == ("plansync-bot", 403)


def test_project_and_group_tokens_belong_to_bots(gitlab: GitLab) -> None:
    gitlab.add_bot("glpat-project")
    gitlab.add_bot("glpat-group", kind=TokenKind.GROUP)
    names = [Asking(gitlab, token).get("/user")["username"] for token in ("glpat-project", "glpat-group")]
    ids = gitlab.project.id, gitlab.project.group.id
    assert [name[: name.index("bot_") + 4] for name in names] == [f"project_{ids[0]}_bot_", f"group_{ids[1]}_bot_"]
    assert Asking(gitlab, "glpat-group").post("issues", title="Task")["iid"] == 1


def test_a_job_token_is_nobody_at_the_endpoints_for_issues(gitlab: GitLab) -> None:
    gitlab.add_token("plansync-bot", "glcbt-job", kind=TokenKind.JOB)
    job = Asking(gitlab, "glcbt-job", "job-token")
    assert job.refused("GET", "/user") == (401, "401 Unauthorized")
    assert job.refused("POST", "issues", title="Task") == (401, "401 Unauthorized")
    assert job.refused("GET", "issues") == (404, "404 Project Not Found")
    assert Asking(gitlab, "glcbt-job").refused("GET", "/user") == (401, "401 Unauthorized")


def test_a_private_project_does_not_exist_for_strangers(gitlab: GitLab) -> None:
    gitlab.add_user("eve", 0)
    nobody, eve = Asking(gitlab, ""), Asking(gitlab, "glpat-eve")
    assert {asking.refused("GET", "issues") for asking in (nobody, eve)} == {(404, "404 Project Not Found")}
    gitlab.project.visibility = "public"
    assert nobody.get("issues") == eve.get("issues") == []
    assert nobody.refused("POST", "issues", title="Task") == (401, "401 Unauthorized")
    assert eve.refused("POST", "milestones", title="Plan") == (403, "403 Forbidden")


def test_projects_are_found_by_id_and_by_path_without_regard_to_case(gitlab: GitLab, bot: Asking) -> None:
    found = [bot.get(f"/projects/{address}") for address in (gitlab.project.id, "ACME%2Fplatform%2FCore")]
    assert found[0] == found[1]
    assert found[0]["permissions"] == {
        "project_access": {"access_level": 40, "notification_level": 3},
        "group_access": None,
    }
    assert bot.refused("GET", "/projects/acme%2Fnone") == (404, "404 Project Not Found")


def test_only_owners_and_planners_delete_issues(gitlab: GitLab, bot: Asking) -> None:
    bot.post("issues", title="Task")
    assert bot.refused("DELETE", "issues/1") == (403, "403 Forbidden")
    gitlab.set_access("plansync-bot", OWNER)
    assert bot.answer("DELETE", "issues/1").status == 204
    assert bot.refused("DELETE", "issues/1") == (404, "404 Issue Not Found")
    assert bot.refused("GET", "issues/1") == (404, "404 Not found")
    assert bot.post("issues", title="Next")["iid"] == 2


def test_an_archived_project_can_be_read_alone(gitlab: GitLab, bot: Asking) -> None:
    number = bot.post("issues", title="Task")["iid"]
    gitlab.project.archived = True
    assert bot.get("")["archived"]
    assert bot.get("issues")[0]["title"] == "Task"
    writes = [
        ("POST", "issues"),
        ("PUT", f"issues/{number}"),
        ("POST", f"issues/{number}/notes"),
        ("POST", "milestones"),
    ]
    answers = {bot.refused(method, path, title="Other", body="Text") for method, path in writes}
    assert answers == {(403, "403 Forbidden")}


def test_without_issues_a_project_lists_none_and_takes_none(gitlab: GitLab, bot: Asking) -> None:
    number = bot.post("issues", title="Task")["iid"]
    gitlab.project.issues_enabled = False
    assert bot.get("")["issues_access_level"] == "disabled"
    assert bot.get("issues") == []
    assert bot.refused("GET", f"issues/{number}") == (404, "404 Not found")
    assert bot.refused("POST", "issues", title="Task") == (403, "403 Forbidden")


def test_confidential_issues_are_hidden_from_guests(gitlab: GitLab, bot: Asking) -> None:
    gitlab.add_user("gus", GUEST)
    gitlab.add_user("pat", PLANNER)
    number = bot.post("issues", title="Task", confidential=True)["iid"]
    assert Asking(gitlab, "glpat-gus").refused("GET", f"issues/{number}") == (404, "404 Not found")
    assert Asking(gitlab, "glpat-pat").get(f"issues/{number}")["confidential"]


def test_an_author_changes_the_text_of_an_own_issue_and_nobody_elses(gitlab: GitLab, bot: Asking) -> None:
    gitlab.add_user("gus", GUEST)
    gus = Asking(gitlab, "glpat-gus")
    bot.post("issues", title="Task")
    assert gus.refused("PUT", "issues/1", title="Mine") == (403, "403 Forbidden")
    gus.post("issues", title="Mine")
    assert gus.put("issues/2", state_event="close", milestone_id=1, due_date="2026-04-01")["due_date"] is None
    assert gitlab.issue(2).state == "closed"


def test_words_on_what_is_wrong_with_a_request(gitlab: GitLab, bot: Asking) -> None:
    bot.post("issues", title="Task")
    assert bot.refused("POST", "issues") == (400, "title is missing")
    assert bot.refused("POST", "issues", title=" ") == (400, {"title": ["can't be blank"]})
    assert bot.refused("POST", "issues", title="x" * 256) == (
        400,
        {"title": ["is too long (maximum is 255 characters)"]},
    )
    assert bot.refused("PUT", "issues/1", description="x" * 1_048_577) == (
        400,
        {"description": ["is too long (maximum is 1048576 characters)"]},
    )
    assert bot.refused("PUT", "issues/1", state_event="shut") == (400, "state_event does not have a valid value")
    assert "at least one parameter must be provided" in bot.refused("PUT", "issues/1", colour="red")[1]
    assert bot.refused("GET", "issues?page=one") == (400, "page is invalid")
    assert bot.refused("GET", "issues?updated_after=noon") == (400, "updated_after is invalid")
    assert bot.refused("GET", "nothing") == (404, "404 Not Found")
    assert bot.refused("POST", "labels", name="a,b", color="red") == (400, {"title": ["is invalid"]})
    assert bot.refused("POST", "labels", name="a", color="reddish") == (400, {"color": ["must be a valid color code"]})


def test_blocking_links_take_a_licence(gitlab: GitLab, bot: Asking) -> None:
    first, second = (bot.post("issues", title=f"Task {n}")["iid"] for n in range(2))
    link = {"target_project_id": "acme/platform/core", "target_issue_iid": second, "link_type": "blocks"}
    assert bot.refused("POST", f"issues/{first}/links", **link) == (
        403,
        "Blocked issues not available for current license",
    )
    gitlab.licensed = True
    bot.post(f"issues/{first}/links", **link)
    assert [bot.get(f"issues/{number}/links")[0]["link_type"] for number in (first, second)] == [
        "blocks",
        "is_blocked_by",
    ]
    assert bot.refused("POST", f"issues/{first}/links", **link) == (409, "Issue(s) already assigned")


def test_without_a_licence_an_issue_has_one_assignee(gitlab: GitLab, bot: Asking) -> None:
    ids = [gitlab.add_user(login, REPORTER).id for login in ("ann", "bob")]
    eve = gitlab.add_user("eve", 0).id

    def assigned(*wanted: int) -> list[str]:
        issue = bot.put("issues/1", assignee_ids=list(wanted))
        return [user["username"] for user in issue["assignees"]]

    bot.post("issues", title="Task")
    assert (assigned(*ids), assigned(eve), assigned(0)) == (["ann"], [], [])
    gitlab.licensed = True
    assert assigned(*ids) == ["ann", "bob"]


def test_users_are_found_by_login_and_among_those_of_a_project(gitlab: GitLab, bot: Asking) -> None:
    gitlab.add_user("ann", REPORTER)
    gitlab.add_user("eve", 0)
    assert [user["username"] for user in bot.get("/users?username=ANN")] == ["ann"]
    assert [user["username"] for user in bot.get("users?search=an")] == ["plansync-bot", "ann"]
    members = {member["username"]: member["access_level"] for member in bot.get("members/all")}
    assert members == {"plansync-bot": 40, "ann": 20}
    assert bot.refused("GET", f"members/all/{gitlab.user('eve').id}") == (404, "404 Not found")
