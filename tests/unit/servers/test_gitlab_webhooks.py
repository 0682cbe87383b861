"""The web hooks of the GitLab test server: who is told what, signed how, and what becomes of a hook that fails."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

import pytest

from tests.servers.gitlab import GitLab
from tests.servers.gitlab.asking import Asking
from tests.servers.wire import Answer, Fault, Request, TestServer
from tests.support.clocks import FakeClock

SECRET = bytes(range(32))
SIGNING = f"whsec_{base64.b64encode(SECRET).decode()}"


@pytest.fixture
def gitlab() -> GitLab:
    return GitLab(FakeClock())


@pytest.fixture
def bot(gitlab: GitLab) -> Asking:
    return Asking(gitlab)


class Receiver:
    """Takes whatever comes, and answers with ``status``."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.status = 200
        self.received: list[Request] = []

    def now(self) -> datetime:
        return self.clock.now()

    def credential(self, request: Request) -> str:
        return request.headers.get("x-gitlab-token", "")

    def answer(self, request: Request) -> Answer:
        self.received.append(request)
        return Answer(self.status, {})

    def refusal(self, fault: Fault, request: Request) -> Answer:
        return Answer(500, {})


def test_a_hook_is_told_of_the_events_that_it_wants(gitlab: GitLab, bot: Asking) -> None:
    hook = bot.post("hooks", url="https://plansync.example/hook", issues_events=True, push_events=False)
    bot.post("hooks", url="https://other.example/hook", milestone_events=True)
    ann = gitlab.people("ann")
    number = ann.create_issue("Task")
    ann.close(number)
    ann.reopen(number)
    ann.add_label(number, "urgent")
    ann.comment(number, "Text")
    ann.create_milestone("Plan")
    told = [
        (d.url, d.event, d.json().get("action") or d.json()["object_attributes"]["action"]) for d in gitlab.deliveries
    ]
    ours, other = "https://plansync.example/hook", "https://other.example/hook"
    assert told == [
        *((ours, "Issue Hook", action) for action in ("open", "close", "reopen", "update")),
        (other, "Milestone Hook", "create"),
    ]
    (added,) = gitlab.deliveries[3].json()["changes"]["labels"]["current"]
    assert (added["title"], gitlab.deliveries[3].json()["user"]["username"]) == ("urgent", "ann")
    assert (hook["issues_events"], hook["push_events"], hook["token_present"]) == (True, False, False)


def test_confidential_issues_go_to_hooks_that_want_those(gitlab: GitLab, bot: Asking) -> None:
    bot.post("hooks", url="https://plansync.example/hook", issues_events=True)
    bot.post("issues", title="Task", confidential=True)
    assert gitlab.deliveries == []
    bot.post("hooks", url="https://plansync.example/hook", confidential_issues_events=True)
    bot.post("issues", title="Task", confidential=True)
    assert [delivery.event for delivery in gitlab.deliveries] == ["Confidential Issue Hook"]


def test_a_delivery_carries_the_token_and_is_signed(gitlab: GitLab, bot: Asking) -> None:
    fields = {"url": "https://plansync.example/hook", "token": "hush", "signing_token": SIGNING, "issues_events": True}
    hook = bot.post("hooks", **fields)
    assert (hook["token_present"], hook["signing_token_present"]) == (True, True)
    assert "hush" not in str(hook)
    bot.post("issues", title="Task")
    (delivery,) = gitlab.deliveries
    headers = delivery.headers
    assert (headers["X-Gitlab-Token"], headers["webhook-id"]) == ("hush", headers["Idempotency-Key"])
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + delivery.body
    digest = base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{digest}"


def test_a_hook_needs_an_address_and_a_signing_token_of_32_bytes(bot: Asking) -> None:
    assert bot.refused("POST", "hooks", url="plansync.example") == (422, "Invalid url given")
    assert bot.refused("POST", "hooks", url="https://plansync.example", signing_token="whsec_c2hvcnQ=")[0] == 422
    hook = bot.post("hooks", url="https://plansync.example")
    assert bot.put(f"hooks/{hook['id']}", url="https://other.example")["url"] == "https://other.example"
    assert [found["id"] for found in bot.get("hooks")] == [hook["id"]]
    assert bot.answer("DELETE", f"hooks/{hook['id']}").status == 204
    assert bot.refused("GET", f"hooks/{hook['id']}") == (404, "404 Not found")


def test_deliveries_are_posted_and_a_hook_that_fails_four_times_rests() -> None:
    clock = FakeClock()
    gitlab = GitLab(clock)
    gitlab.webhooks.deliver = True
    receiver = Receiver(clock)
    with TestServer(receiver) as server:
        Asking(gitlab).post("hooks", url=f"{server.url}/hooks", token="hush", issues_events=True)
        ann = gitlab.people("ann")
        ann.create_issue("Task")
        gitlab.webhooks.wait()
        receiver.status = 500
        for number in range(6):
            ann.create_issue(f"Task {number}")
            gitlab.webhooks.wait()
        clock.advance(timedelta(minutes=1))
        receiver.status = 202
        ann.create_issue("Last")
        gitlab.webhooks.wait()
    assert gitlab.webhooks.answers == [200, 500, 500, 500, 500, 202]
    assert {request.headers["x-gitlab-token"] for request in receiver.received} == {"hush"}
    assert receiver.received[0].body == gitlab.deliveries[0].body
