"""The GitHub of the tests tells of everything by webhooks whose payloads are whole and signed."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator

import pytest

from tests.servers import openapi
from tests.servers.github.hooks import Delivery
from tests.servers.github.site import Site
from tests.servers.wire import Answer, Request, TestServer
from tests.support.clocks import FakeClock


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        site.github.repository.permissions[site.github.login] = "admin"
        yield site


def listen(site: Site, *events: str, url: str = "http://127.0.0.1:9/hook") -> int:
    config = {"url": url, "content_type": "json", "secret": "s3cret"}
    return int(site.post("/hooks", {"config": config, "events": list(events), "active": True})["id"])


def told(site: Site) -> list[str]:
    return [f"{one.event}.{one.action}" if one.action else one.event for one in site.github.deliveries]


def test_whatever_happens_to_issues_is_told(site: Site) -> None:
    listen(site, "*")
    ann = site.github.people("ann")
    ann.create_milestone("Phase 1")
    ann.change_milestone(1, title="Phase one")
    ann.change_milestone(1, state="closed")
    ann.change_milestone(1, state="open")
    first, second = ann.create_issue("One"), ann.create_issue("Two", "text")
    ann.rename(first, "First")
    ann.set_body(first, "more")
    ann.add_label(first, "risk")
    ann.remove_label(first, "risk")
    ann.assign(first, "ann")
    ann.put_in_milestone(first, 1)
    ann.put_in_milestone(first, None)
    ann.comment(first, "why?")
    ann.close(first, not_planned=True)
    ann.reopen(first)
    ann.lock(first)
    ann.add_sub_issue(first, second)
    ann.block(first, second)
    site.github.add_repository("acme/other")
    ann.transfer(second, "acme/other")
    ann.delete(first)
    ann.delete_label("risk")
    ann.delete_milestone(1)
    site.github.commit({"plan.md": b"# Plan\n"})
    assert told(site) == [
        *("ping", "milestone.created", "milestone.edited", "milestone.closed", "milestone.opened"),
        *("issues.opened", "issues.opened", "issues.edited", "issues.edited"),
        *("label.created", "issues.labeled", "issues.unlabeled"),
        *("issues.assigned", "issues.milestoned", "issues.demilestoned", "issue_comment.created"),
        *("issues.closed", "issues.reopened", "issues.locked"),
        *("sub_issues.sub_issue_added", "sub_issues.parent_issue_added"),
        *("issue_dependencies.blocked_by_added", "issue_dependencies.blocking_added"),
        *("issues.transferred", "issues.deleted", "label.deleted", "milestone.deleted", "push"),
    ]
    for one in site.github.deliveries:
        openapi.webhooks().check_webhook(one.event, one.action, json.loads(one.body))


def test_deliveries_are_signed_and_have_names(site: Site) -> None:
    listen(site, "issues")
    site.github.people("ann").create_issue("One")
    ping, opened = site.github.deliveries
    digest = hmac.new(b"s3cret", opened.body, hashlib.sha256).hexdigest()
    assert opened.headers["X-Hub-Signature-256"] == f"sha256={digest}"
    assert opened.headers["X-GitHub-Event"] == "issues"
    assert opened.headers["X-GitHub-Delivery"] == opened.id != ping.id
    assert json.loads(opened.body)["sender"]["login"] == "ann"


def test_a_hook_hears_only_what_it_listens_to(site: Site) -> None:
    hook = listen(site, "milestone")
    ann = site.github.people("ann")
    ann.create_issue("One")
    ann.create_milestone("Phase 1")
    assert told(site) == ["ping", "milestone.created"]
    site.patch(f"/hooks/{hook}", {"active": False})
    ann.create_milestone("Phase 2")
    assert told(site) == ["ping", "milestone.created"]


def test_a_hook_is_kept_and_its_secret_is_not_told(site: Site) -> None:
    hook = listen(site, "issues")
    (shown,) = site.get("/hooks")
    assert shown["config"]["secret"] == "********"
    changed = site.patch(f"/hooks/{hook}", {"add_events": ["push"]})
    assert changed["events"] == ["issues", "push"]
    assert site.call("DELETE", f"/api/v3/repos/acme/web/hooks/{hook}").status_code == 204
    assert site.call("GET", f"/api/v3/repos/acme/web/hooks/{hook}").status_code == 404


def test_hooks_are_hidden_from_whoever_is_no_administrator(site: Site) -> None:
    site.github.repository.permissions[site.github.login] = "write"
    assert site.call("GET", "/api/v3/repos/acme/web/hooks").status_code == 404


class Receiver:
    """A service that takes deliveries."""

    def __init__(self) -> None:
        self.got: list[Request] = []

    def now(self) -> object:
        return FakeClock().now()

    def credential(self, request: Request) -> str:
        return ""

    def answer(self, request: Request) -> Answer:
        self.got.append(request)
        return Answer(202)

    def refusal(self, fault: object, request: Request) -> Answer:
        return Answer(500)


def test_deliveries_are_sent_when_asked_and_again_under_the_same_name(site: Site) -> None:
    receiver = Receiver()
    with TestServer(receiver) as there:  # type: ignore[arg-type]
        listen(site, "issues", url=f"{there.url}/hook")
        site.github.post.deliver = True
        site.github.people("ann").create_issue("One")
        site.github.post.wait()
        opened: Delivery = site.github.deliveries[-1]
        site.github.post.send(opened)
    assert opened.status == 202
    assert [request.headers["x-github-delivery"] for request in receiver.got] == [opened.id, opened.id]
    assert receiver.got[0].body == opened.body
