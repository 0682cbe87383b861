"""The daemon as a process with each host: events are taken up at once, and nothing depends on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
import requests

from tests.servers.github import GitHub
from tests.servers.github.state import Hook
from tests.servers.gitlab.values import Hook as GitLabHook
from tests.support.daemon import Daemon, daemon, until
from tests.support.hosted_shell import CANARY, PROJECTS, WEB, HostedShell, Kind, hosted_shell
from tests.support.shell import Shell

SECRET = "a-secret-of-the-hook-0123456789"
RARELY = '\n[schedule]\ninterval = "1h"\njitter = 0\n[webhooks]\ndebounce = 0.2\n'
OFTEN = '\n[schedule]\ninterval = "2s"\njitter = 0\n'


@pytest.fixture(params=["github", "gitlab"])
def site(request: pytest.FixtureRequest, plansync: Shell) -> Iterator[HostedShell]:
    kind: Kind = request.param
    given = plansync.given(PLANSYNC_WEBHOOKS__GITHUB_SECRET=SECRET, PLANSYNC_WEBHOOKS__GITLAB_TOKEN=SECRET)
    with hosted_shell(kind, given) as made:
        if isinstance(made.host, GitHub):
            made.host.accountant.off()
        yield made


def configure(site: HostedShell, more: str) -> None:
    site.configure()
    site.shell.write("plansync.toml", site.shell.read("plansync.toml") + more)


def hook(site: HostedShell, url: str) -> None:
    """Have the host send its events to ``url``."""
    host = site.host
    now = host.now()
    if isinstance(host, GitHub):
        host.repository.hooks[1] = Hook(1, f"{url}/webhooks/github", SECRET, ["*"], now, now)
        host.post.deliver = True
    else:
        events = dict.fromkeys(("push_events", "issues_events", "milestone_events"), True)
        host.state.hooks[1] = GitLabHook(1, f"{url}/webhooks/gitlab", host.project, now, SECRET, events=events)
        host.webhooks.deliver = True


def statuses(site: HostedShell) -> list[int]:
    """Return what the host's deliveries were answered, once all are."""
    host = site.host
    if isinstance(host, GitHub):
        host.post.wait()
        return [delivery.status or 0 for delivery in host.deliveries]
    host.webhooks.wait()
    return host.webhooks.answers


def replay(site: HostedShell, *, is_new: bool) -> None:
    """Send every delivery once more, under its own id or under a new one."""
    deliveries: list[Any] = list(site.host.deliveries)
    for number, delivery in enumerate(deliveries):
        headers = dict(delivery.headers)
        for name in ("X-GitHub-Delivery", "Idempotency-Key"):
            if is_new and name in headers:
                headers[name] = f"00000000-0000-4000-8000-{number:012x}"
        assert requests.post(delivery.url, delivery.body, headers=headers, timeout=10).status_code == 202


def push(site: HostedShell, path: str, text: str) -> None:
    """Put a file into the host's repository, as somebody who pushes it."""
    host = site.host
    if isinstance(host, GitHub):
        host.commit({path: text.encode()})
        return
    url = f"{host.base}/api/v4/projects/{quote(PROJECTS['gitlab'], safe='')}/repository/files/{quote(path, safe='')}"
    sent = {"branch": "main", "content": text, "commit_message": "Change"}
    answer = requests.post(url, json=sent, headers={"PRIVATE-TOKEN": CANARY["gitlab"]}, timeout=10)
    assert answer.ok, answer.text


def line_with(site: HostedShell, words: str) -> str:
    return next(line for line in site.shell.read(WEB).splitlines() if words in line)


def add_third(site: HostedShell) -> str:
    """Add a task to the plan, as a person does, and return the plan."""
    second = line_with(site, "second stone")
    site.shell.write(WEB, site.shell.read(WEB).replace(second, f"{second}\n  - [ ] Lay the third stone"))
    return site.shell.read(WEB)


def is_linked(site: HostedShell, words: str) -> Callable[[], bool]:
    return lambda: "issues/" in line_with(site, words) or "work_items/" in line_with(site, words)


def is_ticked(site: HostedShell, words: str) -> Callable[[], bool]:
    return lambda: "- [x] " in line_with(site, words)


def in_step(service: Daemon) -> bool:
    """Say whether nothing waits or runs, and every target was in step once."""
    ready = requests.get(f"{service.url}/readyz", timeout=10).json()
    ages = [target["success_age_seconds"] for target in ready["targets"].values()]
    return not ready["waiting"] and not ready["running"] and None not in ages


def test_events_are_taken_up_at_once(site: HostedShell) -> None:
    configure(site, RARELY)
    with daemon(site.shell) as service:
        until(lambda: in_step(service), "the first sync")
        hook(site, service.url)

        site.host.people("ann").close(1)
        until(is_ticked(site, "first stone"), "an issue is closed, and the box not ticked")
        until(lambda: "**Status:** In Progress" in site.shell.read(WEB), "the Status stays")

        site.host.people(site.host.login if isinstance(site.host, GitHub) else "plansync-bot").close(2)
        until(is_ticked(site, "second stone"), "plansync's own account closes an issue, and the box is not ticked")

        until(lambda: in_step(service), "it comes to rest")
        push(site, WEB, add_third(site))
        until(is_linked(site, "third stone"), "a plan is pushed, and its issue not opened")

        until(lambda: in_step(service), "it comes to rest")
        writes = site.server.writes
        assert set(statuses(site)) == {202}
        until(lambda: in_step(service), "it comes to rest after its own events")
        assert site.server.writes == writes, "its own events make it write"

        for is_new in (False, True):
            replay(site, is_new=is_new)
            until(lambda: in_step(service), "it comes to rest after replays")
            assert site.server.writes == writes, "a replay makes it write"


def test_without_any_event_the_schedule_finds_the_same(site: HostedShell) -> None:
    configure(site, OFTEN)
    with daemon(site.shell) as service:
        until(lambda: in_step(service), "the first sync")
        site.host.people("ann").close(1)
        until(is_ticked(site, "first stone"), "an issue is closed, and the box not ticked")
        until(lambda: in_step(service), "it comes to rest")
        add_third(site)
        until(is_linked(site, "third stone"), "a plan is edited, and its issue not opened")


def test_an_address_in_use_ends_it_with_a_word(plansync: Shell) -> None:
    plansync.write("plans/plan.md", "# Implementation Plan: One\n")
    plansync.write("plansync.toml", '[[targets]]\nname = "notes"\nsource = { path = "." }\n')
    with daemon(plansync) as service:
        port = service.url.rpartition(":")[2]
        second = plansync.given(PLANSYNC_WEB__PORT=port).process("daemon", code=1)
    assert f"cannot listen on 127.0.0.1 port {port}: Address already in use" in second.stderr
    assert "web.port" in second.stderr


def test_it_tells_what_it_did_in_metrics_and_takes_wishes_over_the_api(site: HostedShell) -> None:
    configure(site, RARELY)
    shell = site.shell.given(PLANSYNC_WEB__API_TOKENS="a-token-of-the-api")
    api = {"Authorization": "Bearer a-token-of-the-api"}
    with daemon(shell) as service:
        until(lambda: in_step(service), "the first sync")
        found = requests.get(f"{service.url}/metrics", timeout=10).text
        assert 'plansync_syncs_total{outcome="ok",target="web"} 1.0' in found
        assert 'plansync_changes_total{kind="create_issue",outcome="done",target="web"} 2.0' in found
        assert "plansync_account_sent_hour" in found

        site.host.people("ann").close(1)
        told = requests.post(f"{service.url}/api/v1/targets/web/preview", headers=api, timeout=60).json()
        assert "+  - [x] " in told["plans"][0]["diff"]
        assert requests.post(f"{service.url}/api/v1/targets/web/sync", headers=api, timeout=10).status_code == 202
        until(is_ticked(site, "first stone"), "a sync is asked for, and does not come")
