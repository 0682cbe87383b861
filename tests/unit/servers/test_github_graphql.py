"""The little GraphQL of the tests' GitHub: who edited a body, and one commit for many files."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from tests.servers.github.graphql_text import Malformed, Reader
from tests.servers.github.site import Site
from tests.support.people import People

EDITS = """
query Edits($owner: String!, $name: String!, $number: Int!, $first: Int = 2) {
  # who saved the body
  repository(owner: $owner, name: $name) {
    issue(number: $number) {
      editor { login }
      saves: userContentEdits(first: $first) { totalCount nodes { editor { login ... on User { databaseId } } } }
    }
  }
}
"""
COMMIT = "mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }"


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


def ask(site: Site, query: str, **variables: Any) -> dict[str, Any]:
    answer = site.call("POST", "/api/graphql", {"query": query, "variables": variables})
    assert answer.status_code == 200
    content: dict[str, Any] = answer.json()
    return content


def test_edits_of_a_body_have_their_editors_and_no_event(site: Site) -> None:
    ann = site.github.people("ann")
    number = ann.create_issue("One", "text")
    site.patch(f"/issues/{number}", {"body": "text and more"})
    ann.set_body(number, "text and much more")
    issue = ask(site, EDITS, owner="acme", name="web", number=number)["data"]["repository"]["issue"]
    assert issue["editor"] == {"login": "ann"}
    assert issue["saves"]["totalCount"] == 3
    assert [node["editor"]["login"] for node in issue["saves"]["nodes"]] == ["ann", "plansync-bot"]
    assert site.get(f"/issues/{number}/timeline") == []


def test_what_cannot_be_had_is_an_error_with_status_200(site: Site) -> None:
    content = ask(site, '{ repository(owner: "acme", name: "web") { issue(number: 7) { title } } }')
    assert content["data"] == {"repository": None}
    assert content["errors"][0]["type"] == "NOT_FOUND"
    unknown = ask(site, '{ repository(owner: "acme", name: "web") { colour } }')
    assert "doesn't exist" in unknown["errors"][0]["message"]
    assert "Parse error" in ask(site, "{ repository(")["errors"][0]["message"]


def test_the_limit_of_graphql_is_an_error_with_status_200(site: Site) -> None:
    site.github.graphql_rate_limited = True
    assert ask(site, "{viewer{login}}")["errors"][0]["type"] == "RATE_LIMITED"
    site.github.graphql_rate_limited = False
    assert ask(site, "{viewer{login}}")["data"]["viewer"]["login"] == "plansync-bot"


def test_graphql_has_limits_of_its_own(site: Site) -> None:
    answer = site.call("POST", "/api/graphql", {"query": "{viewer{login}}"})
    assert (answer.headers["x-ratelimit-resource"], answer.headers["x-ratelimit-used"]) == ("graphql", "1")
    assert site.github.books.points == 1


def change(head: str, **files: bytes) -> dict[str, Any]:
    additions = [{"path": path, "contents": b64encode(content).decode()} for path, content in files.items()]
    branch = {"repositoryNameWithOwner": "acme/web", "branchName": "main"}
    message = {"headline": "docs: plans", "body": "Plansync-Run: 1"}
    return {
        "branch": branch,
        "expectedHeadOid": head,
        "message": message,
        "fileChanges": {"additions": additions, "deletions": [{"path": "old"}]},
    }


def test_one_commit_changes_many_files_if_the_head_is_as_expected(site: Site) -> None:
    head = site.github.commit({"a": b"1", "old": b"x"}).sha
    done = ask(site, COMMIT, input=change(head, a=b"2", b=b"3"))
    new = site.github.repository.commits[done["data"]["createCommitOnBranch"]["commit"]["oid"]]
    assert new.files == {"a": b"2", "b": b"3"}
    assert new.message == "docs: plans\n\nPlansync-Run: 1"
    stale = ask(site, COMMIT, input=change(head, a=b"4"))
    assert stale["errors"][0]["type"] == "STALE_DATA"
    assert site.github.repository.branches["main"] == new.sha


def test_a_protected_branch_takes_no_commit(site: Site) -> None:
    head = site.github.commit({"a": b"1"}).sha
    site.github.repository.protected.add("main")
    content = ask(site, COMMIT, input=change(head, a=b"2"))
    assert "through a pull request" in content["errors"][0]["message"]


def test_the_hashes_are_those_of_git(site: Site) -> None:
    site.github.commit({"plan.md": b"hello\n"})
    entry = site.get("/git/trees/main")["tree"][0]
    assert entry["sha"] == "ce013625030ba8dba906f756967f9e9ca394464a"


def test_values_of_every_kind_are_read() -> None:
    text = 'query($a: [Int!] = [1, 2]) { x(a: $a, b: {c: "\\n", d: TRUE_ENUM, e: null, f: true, g: 1.5}) }'
    _, (field,) = Reader(text, {}).operation()
    inner = {"c": "\n", "d": "TRUE_ENUM", "e": None, "f": True, "g": 1.5}
    assert field.arguments == {"a": [1, 2], "b": inner}
    with pytest.raises(Malformed):
        Reader("{ x { y }", {}).operation()


def test_people_of_this_github_are_people_of_the_tests(site: Site) -> None:
    ann: People = site.github.people("ann")
    number = ann.create_issue("One", "a\nb")
    site.github.people("bob").save_from_browser(number)
    assert site.get(f"/issues/{number}")["body"] == "a\r\nb"
    ann.comment(number, "hello")
    assert ann.comments(number) == [("ann", "hello")]
    ann.describe_milestone(ann.create_milestone("Phase 1"), "first")
    assert site.get("/milestones/1")["description"] == "first"
