"""Every route of the GitHub of the tests is one that GitHub describes, and answers as described."""

from __future__ import annotations

from collections.abc import Iterator

import jwt
import pytest

from tests.servers import openapi
from tests.servers.github.front import TABLE
from tests.servers.github.routing import Route, match
from tests.servers.github.site import REPO, Site


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        site.github.repository.permissions[site.github.login] = "admin"
        yield site


def drive_issues(site: Site) -> None:
    site.post("/milestones", {"title": "Phase 1", "description": "d", "due_on": "2026-05-01T00:00:00Z"})
    site.post("/labels", {"name": "risk", "color": "D73A4A", "description": "what may go wrong"})
    site.post("/issues", {"title": "One", "body": "b", "labels": ["risk"], "milestone": 1, "assignees": ["ann"]})
    site.post("/issues", {"title": "Two"})
    site.patch("/issues/1", {"title": "First", "body": "c", "labels": ["x"], "assignees": [], "milestone": None})
    site.patch("/issues/1", {"milestone": 1, "assignee": "ann", "state": "closed", "state_reason": "duplicate"})
    site.patch("/issues/1", {"state": "open"})
    site.call("PUT", REPO + "/issues/1/lock", {"lock_reason": "spam"})
    site.get("/issues?state=all&sort=updated&direction=asc&per_page=1&page=2&since=2026-01-01T00:00:00Z")
    site.get("/issues?labels=x&creator=plansync-bot&assignee=ann&milestone=1&sort=comments")
    site.get("/issues?assignee=*&milestone=*")
    site.get("/issues?assignee=none&milestone=none")
    site.get("/issues/1")
    site.call("DELETE", REPO + "/issues/1/lock")
    site.post("/issues/2/assignees", {"assignees": ["ann", "ghost"]})
    site.get("/assignees")
    site.get("/assignees/ann")
    comment = site.post("/issues/1/comments", {"body": "Hello"})["id"]
    site.get(f"/issues/comments/{comment}")
    site.patch(f"/issues/comments/{comment}", {"body": "Bye"})
    site.get("/issues/1/comments?since=2026-01-01T00:00:00Z")
    site.get("/issues/1/events")
    site.get("/issues/1/timeline?per_page=100")
    site.call("DELETE", f"{REPO}/issues/comments/{comment}")


def drive_labels_and_milestones(site: Site) -> None:
    site.post("/issues/1/labels", {"labels": ["risk", "new one"]})
    site.post("/issues/1/labels", {"labels": ["other"]})
    site.get("/issues/1/labels")
    site.call("DELETE", REPO + "/issues/1/labels/new%20one")
    site.call("PUT", REPO + "/issues/1/labels", {"labels": ["risk"]})
    site.get("/labels?per_page=100")
    site.get("/labels/risk")
    site.patch("/labels/risk", {"new_name": "Risk", "color": "00ff00", "description": "x"})
    site.call("DELETE", REPO + "/labels/other")
    site.get("/milestones?state=all&sort=completeness&direction=desc")
    site.get("/milestones/1")
    site.patch("/milestones/1", {"title": "Phase one", "state": "closed", "description": "e"})
    site.call("DELETE", REPO + "/milestones/1")


def drive_relations(site: Site) -> None:
    child = site.get("/issues/2")["id"]
    site.post("/issues/1/sub_issues", {"sub_issue_id": child})
    site.get("/issues/1/sub_issues")
    site.get("/issues/2/parent")
    site.get("/issues/2")
    site.get("/issues/2/timeline")
    site.call("DELETE", REPO + "/issues/1/sub_issue", {"sub_issue_id": child})
    site.post("/issues/1/dependencies/blocked_by", {"issue_id": child})
    site.get("/issues/1/dependencies/blocked_by")
    site.get("/issues/2/dependencies/blocking")
    site.get("/issues/1/timeline")
    site.get("/issues/1/events")
    site.call("DELETE", f"{REPO}/issues/1/dependencies/blocked_by/{child}")


def drive_files(site: Site) -> None:
    first = site.github.commit({"docs/plan.md": b"# Plan\n", "big.txt": b"x" * 1_000_001})
    second = site.github.commit({"docs/plan.md": b"# Plan, again\n"})
    site.get("/contents/docs")
    site.get(f"/contents/docs/plan.md?ref={first.sha}")
    assert site.get("/contents/big.txt")["encoding"] == "none"
    tree = site.get("/git/trees/main?recursive=1")["tree"]
    site.get(f"/git/trees/{second.tree}")
    site.get(f"/git/blobs/{next(entry['sha'] for entry in tree if entry['type'] == 'blob')}")
    assert site.get("/git/ref/heads/main")["object"]["sha"] == second.sha
    site.post("/git/refs", {"ref": "refs/heads/plansync/sync", "sha": first.sha})
    site.get("/git/ref/heads/plansync/sync")
    site.patch("/git/refs/heads/plansync/sync", {"sha": second.sha})
    site.patch("/git/refs/heads/plansync/sync", {"sha": first.sha, "force": True})
    site.get(f"/git/commits/{second.sha}")
    site.get("/commits/main")
    site.get("/commits/HEAD?per_page=1")
    site.get("/compare/main...plansync%2Fsync")
    pull = site.post("/pulls", {"title": "Sync", "head": "plansync/sync", "base": "main", "body": "b"})["number"]
    site.get("/pulls?state=all&head=acme:plansync/sync&base=main")
    site.patch(f"/pulls/{pull}", {"title": "Sync again", "body": "c", "state": "closed"})
    site.patch(f"/pulls/{pull}", {"state": "open"})
    site.get(f"/pulls/{pull}")
    site.get("/issues?state=all")
    site.call("DELETE", REPO + "/git/refs/heads/plansync/sync")


def drive_hooks(site: Site) -> None:
    hook = site.post("/hooks", {"config": {"url": "http://127.0.0.1:9/", "secret": "s"}, "events": ["issues"]})["id"]
    site.get("/hooks")
    site.get(f"/hooks/{hook}")
    site.patch(f"/hooks/{hook}", {"config": {"content_type": "form"}, "remove_events": ["issues"], "active": False})
    site.post(f"/hooks/{hook}/pings")
    site.call("DELETE", f"{REPO}/hooks/{hook}")


def drive_accounts(site: Site) -> None:
    site.get("")
    site.get("/collaborators/ann/permission")
    for path in ("/user", "/users/ann", "/meta", "/rate_limit"):
        assert site.call("GET", f"/api/v3{path}").status_code == 200
    app = site.github.add_app()
    now = int(site.clock.now().timestamp())
    key = jwt.encode({"iat": now - 60, "exp": now + 500, "iss": str(app.id)}, app.private_key, "RS256")
    site.call("GET", "/api/v3/app", token=key)
    site.call("GET", f"/api/v3/app/installations/{app.installation_id}", token=key)
    found = site.get("/installation", token=key)
    site.call("POST", f"/api/v3/app/installations/{found['id']}/access_tokens", token=key)
    site.call("POST", "/api/graphql", {"query": "{viewer{login}}"})
    site.call("POST", "/graphql", {"query": "{viewer{login}}"})


def test_every_route_answers_as_github_describes_it(site: Site) -> None:
    site.github.add_user("ann", "write")
    drive_issues(site)
    drive_labels_and_milestones(site)
    drive_relations(site)
    drive_files(site)
    drive_hooks(site)
    drive_accounts(site)
    assert not site.server.mismatches
    good = [entry for entry in site.server.books if entry.status < 300]
    assert len(good) == len(site.server.books)
    seen = {match(TABLE, entry.method, entry.path.removeprefix("/api/v3"))[0].template for entry in good}
    unseen = {route.template for route in TABLE} - seen
    assert not unseen


@pytest.mark.parametrize("route", TABLE, ids=lambda route: f"{route.method} {route.template}")
def test_every_route_is_one_that_github_has(route: Route) -> None:
    assert route.template.endswith("/graphql") or openapi.rest().knows(route.method, route.template)
