"""The GitHub of the tests refuses in GitHub's own words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from http.client import HTTPConnection
from typing import Any

import pytest
import requests

from tests.servers.github.site import REPO, Site


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def said(answer: requests.Response) -> tuple[int, str]:
    content: dict[str, Any] = answer.json()
    assert content["documentation_url"].startswith("https://docs.github.com/")
    assert content["status"] == str(answer.status_code)
    return answer.status_code, content["message"]


def faults(answer: requests.Response) -> list[dict[str, Any]]:
    assert said(answer) == (422, "Validation Failed")
    found: list[dict[str, Any]] = answer.json()["errors"]
    return found


def test_a_wrong_an_expired_and_a_revoked_token_are_bad_credentials(site: Site) -> None:
    assert said(site.call("GET", REPO, token="ghp_other")) == (401, "Bad credentials")
    site.github.access.expires_at = site.clock.now() + timedelta(days=1)
    assert "token-expiration" in str(site.call("GET", REPO).headers).lower()
    site.clock.advance(timedelta(days=1))
    assert said(site.call("GET", REPO)) == (401, "Bad credentials")
    site.github.access.expires_at, site.github.access.revoked = None, True
    assert said(site.call("GET", REPO)) == (401, "Bad credentials")


def test_single_sign_on_is_asked_for_in_a_header(site: Site) -> None:
    site.github.access.sso_required = True
    answer = site.call("GET", REPO)
    assert answer.status_code == 403
    assert answer.headers["X-GitHub-SSO"].startswith("required; url=http")


def test_a_private_repository_is_not_found_without_the_right_or_the_scope(site: Site) -> None:
    site.github.repository.private = True
    assert site.call("GET", REPO).status_code == 200
    site.github.access.scopes = ["public_repo"]
    answer = site.call("GET", REPO)
    assert said(answer) == (404, "Not Found")
    assert answer.headers["X-OAuth-Scopes"] == "public_repo"
    site.github.add_user("eve", "none", token="ghp_eve")
    assert said(site.call("GET", REPO, token="ghp_eve")) == (404, "Not Found")


def test_a_fine_grained_token_that_lacks_a_permission_is_told_so(site: Site) -> None:
    site.github.access.permissions = {"metadata": "read", "issues": "read"}
    assert site.call("GET", REPO + "/issues").status_code == 200
    answer = site.call("POST", REPO + "/issues", {"title": "One"})
    assert said(answer) == (403, "Resource not accessible by personal access token")


def test_a_token_without_scopes_reads_in_public_and_writes_nowhere(site: Site) -> None:
    site.github.access.scopes = []
    assert site.call("GET", REPO + "/issues").status_code == 200
    assert said(site.call("POST", REPO + "/issues", {"title": "One"})) == (404, "Not Found")


def test_who_may_only_read_opens_issues_but_changes_only_his_own(site: Site) -> None:
    site.github.may_push = False
    number = site.github.people("ann").create_issue("Hers")
    own = site.post("/issues", {"title": "Ours"})["number"]
    assert site.patch(f"/issues/{own}", {"title": "Still ours", "labels": ["x"]})["labels"] == []
    rights = (403, "Must have admin rights to Repository.")
    assert said(site.call("PATCH", f"{REPO}/issues/{number}", {"title": "Mine"})) == rights
    assert said(site.call("POST", f"{REPO}/issues/{own}/labels", {"labels": ["x"]})) == rights
    assert said(site.call("POST", REPO + "/labels", {"name": "x"})) == (404, "Not Found")
    assert said(site.call("POST", REPO + "/milestones", {"title": "x"})) == (404, "Not Found")
    assert site.get("")["permissions"]["push"] is False


def test_an_archived_repository_is_read_only(site: Site) -> None:
    site.github.repository.archived = True
    assert site.get("")["archived"] is True
    answer = site.call("POST", REPO + "/issues", {"title": "One"})
    assert said(answer) == (403, "Repository was archived so is read-only.")


def test_disabled_issues_are_gone(site: Site) -> None:
    site.github.repository.has_issues = False
    gone = (410, "Issues are disabled for this repo")
    assert said(site.call("GET", REPO + "/issues")) == gone
    assert said(site.call("GET", REPO + "/issues/1")) == gone
    assert said(site.call("POST", REPO + "/issues", {"title": "One"})) == gone


def test_a_transferred_issue_leads_to_its_new_place(site: Site) -> None:
    site.github.add_repository("acme/other")
    ann = site.github.people("ann")
    number = ann.create_issue("Wanderer")
    ann.comment(number, "bye")
    there = ann.transfer(number, "acme/other")
    answer = site.call("GET", f"{REPO}/issues/{number}/comments")
    assert answer.status_code == 301
    assert answer.headers["Location"].endswith(f"/repos/acme/other/issues/{there}/comments")
    assert site.call("GET", answer.headers["Location"]).json()[0]["body"] == "bye"
    assert site.call("PATCH", f"{REPO}/issues/{number}", {"title": "x"}).status_code == 307
    assert site.get("/issues?state=all") == []


def test_texts_that_are_missing_are_named(site: Site) -> None:
    blank = faults(site.call("POST", REPO + "/issues", {"title": "  "}))
    assert blank == [{"resource": "Issue", "code": "missing_field", "field": "title"}]
    assert faults(site.call("POST", REPO + "/milestones", {"title": ""}))[0]["code"] == "missing_field"
    assert faults(site.call("POST", REPO + "/labels", {"name": " "}))[0]["code"] == "missing_field"
    site.github.people("ann").create_issue("One")
    assert faults(site.call("POST", REPO + "/issues/1/comments", {"body": " "}))[0]["resource"] == "IssueComment"


def test_values_that_do_not_exist_are_named(site: Site) -> None:
    assert faults(site.call("POST", REPO + "/issues", {"title": "x", "milestone": 7}))[0]["value"] == 7
    assert faults(site.call("POST", REPO + "/labels", {"name": "x", "color": "#12"}))[0]["field"] == "color"
    long = {"name": "x" * 51}
    assert "maximum is 50" in faults(site.call("POST", REPO + "/labels", long))[0]["message"]
    words = {"name": "x", "description": "y" * 101}
    assert "maximum is 100" in faults(site.call("POST", REPO + "/labels", words))[0]["message"]


def test_a_label_that_an_issue_has_not_cannot_be_taken_off_it(site: Site) -> None:
    site.github.people("ann").create_issue("One")
    assert said(site.call("DELETE", REPO + "/issues/1/labels/none")) == (404, "Label does not exist")


def test_a_locked_issue_takes_no_word_from_outside(site: Site) -> None:
    ann = site.github.people("ann")
    number = ann.create_issue("Hot")
    ann.lock(number, "too heated")
    site.github.may_push = False
    answer = site.call("POST", f"{REPO}/issues/{number}/comments", {"body": "but"})
    assert said(answer) == (403, "Unable to create comment because issue is locked.")
    site.github.may_push = True
    assert site.post(f"/issues/{number}/comments", {"body": "but"})["body"] == "but"


def test_sub_issues_have_one_parent_and_no_circle(site: Site) -> None:
    ann = site.github.people("ann")
    for title in "abc":
        ann.create_issue(title)
    ann.add_sub_issue(1, 2)
    second, first = site.get("/issues/2"), site.get("/issues/1")
    assert first["sub_issues_summary"] == {"total": 1, "completed": 0, "percent_completed": 0}
    assert second["parent_issue_url"] == first["url"]
    status, words = said(site.call("POST", REPO + "/issues/3/sub_issues", {"sub_issue_id": second["id"]}))
    assert (status, words.endswith("Sub issue may only have one parent")) == (422, True)
    status, words = said(site.call("POST", REPO + "/issues/2/sub_issues", {"sub_issue_id": first["id"]}))
    assert status == 422
    site.post("/issues/3/sub_issues", {"sub_issue_id": second["id"], "replace_parent": True})
    assert site.get("/issues/2")["parent_issue_url"].endswith("/issues/3")


def test_a_blocker_is_named_once(site: Site) -> None:
    ann = site.github.people("ann")
    ann.create_issue("a")
    ann.create_issue("b")
    blocker = site.get("/issues/2")["id"]
    site.post("/issues/1/dependencies/blocked_by", {"issue_id": blocker})
    assert site.call("POST", REPO + "/issues/1/dependencies/blocked_by", {"issue_id": blocker}).status_code == 422
    summary = {"blocked_by": 1, "total_blocked_by": 1, "blocking": 0, "total_blocking": 0}
    assert site.get("/issues/1")["issue_dependencies_summary"] == summary


def test_what_is_no_json_or_no_path_is_refused(site: Site) -> None:
    site.server.watch = None
    url = f"{site.server.url}{REPO}/issues"
    assert said(site.session.post(url, data=b"{", timeout=5)) == (400, "Problems parsing JSON")
    assert said(site.session.post(url, data=b"[]", timeout=5)) == (400, "Body should be a JSON object")
    assert said(site.call("GET", REPO + "/tickets")) == (404, "Not Found")
    assert said(site.call("GET", "/api/v3/repos/acme/none")) == (404, "Not Found")


def test_a_client_without_a_name_is_sent_away(site: Site) -> None:
    connection = HTTPConnection(site.server.url.partition("://")[2])
    with closing(connection):
        connection.request("GET", REPO)
        assert connection.getresponse().status == 403


def test_without_a_token_one_reads_in_public_alone(site: Site) -> None:
    del site.session.headers["Authorization"]
    assert site.call("GET", REPO + "/issues").status_code == 200
    assert said(site.call("POST", REPO + "/issues", {"title": "x"})) == (401, "Requires authentication")
    assert said(site.call("GET", "/api/v3/user")) == (401, "Requires authentication")
