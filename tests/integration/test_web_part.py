"""The web as a part of the service: what it lets in, before and after the configuration is read again."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from plansync.app.request import Silent
from plansync.app.worker import Over
from plansync.bootstrap.service import Service, open_service
from plansync.ports.queue import Taken
from plansync.settings import Settings
from plansync.settings.load import load_settings
from plansync.web.meter import Meter
from plansync.web.part import WebPart
from tests.servers.openapi_package import examples
from tests.support.burst import CONFIG
from tests.support.example import PLAN

HOSTED = (
    '\n[[targets]]\nname = "core"\nsource = { path = "core" }\ntracker = { kind = "github", project = "acme/core" }\n'
)


class Deaf:
    """Tells nobody."""

    def begun(self, taken: Taken) -> None:
        """Ignore it."""

    def over(self, sync: Over) -> None:
        """Ignore it."""


@dataclass
class Site:
    """A service that was not started, but for its web, and where that listens."""

    folder: Path
    service: Service
    client: httpx.Client
    heard: list[tuple[str, Sequence[str]]] = field(default_factory=list)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask over a socket."""
        return self.client.request(method, f"{self.heard[0][0]}{path}", **more)

    def deliver(self, secret: str, payload: Any, event: str = "push", name: str = "1") -> int:
        """Send a delivery as GitHub does, and return the status."""
        body = json.dumps(payload).encode()
        signature = f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
        headers = {"X-Hub-Signature-256": signature, "X-GitHub-Event": event, "X-GitHub-Delivery": name}
        return self.ask("POST", "/webhooks/github", headers=headers, content=body).status_code

    def targets(self, token: str) -> httpx.Response:
        """Ask the API for the targets."""
        return self.ask("GET", "/api/v1/targets", headers={"Authorization": f"Bearer {token}"})


def settings(folder: Path, **variables: str) -> Settings:
    return load_settings(working=folder, environ=variables)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "plans").mkdir()
    (tmp_path / "core").mkdir()
    (tmp_path / "plans/plan.md").write_text(PLAN)
    (tmp_path / "plansync.toml").write_text(CONFIG + "\n[web]\nport = 0\n" + HOSTED)
    first = settings(tmp_path, PLANSYNC_WEB__API_TOKENS="one", PLANSYNC_WEBHOOKS__GITHUB_SECRET="old-secret")
    meter = Meter()
    service = open_service(first, Deaf(), listener=Silent(), witnesses=[meter])
    made = Site(tmp_path, service, httpx.Client(timeout=30, trust_env=False))
    part = WebPart(made.service, meter, lambda url, hosts: made.heard.append((url, hosts)))
    made.service.parts.append(part)
    part.start()
    with made.client:
        yield made
    made.service.stop()


def test_it_says_where_it_listens_and_for_whom(site: Site) -> None:
    ((url, hosts),) = site.heard
    assert url.startswith("http://127.0.0.1:")
    assert hosts == ("github",)
    assert site.ask("POST", "/webhooks/gitlab").status_code == 404


def test_secrets_and_tokens_of_a_new_configuration_hold_at_once(site: Site) -> None:
    assert (site.deliver("old-secret", {}), site.deliver("new-secret", {})) == (202, 401)
    assert (site.targets("one").status_code, site.targets("two").status_code) == (200, 401)
    both = {
        "PLANSYNC_WEBHOOKS__GITHUB_SECRET": '["new-secret", "old-secret"]',
        "PLANSYNC_WEB__API_TOKENS": '["one", "two"]',
    }
    site.service.reload(settings(site.folder, **both))
    assert (site.deliver("old-secret", {}), site.deliver("new-secret", {})) == (202, 202)
    assert (site.targets("one").status_code, site.targets("two").status_code) == (200, 200)
    site.service.reload(settings(site.folder, PLANSYNC_WEBHOOKS__GITHUB_SECRET="new-secret"))
    assert (site.deliver("old-secret", {}), site.deliver("new-secret", {})) == (401, 202)
    assert site.targets("one").status_code == 403
    assert "plansync_deliveries_total" in site.ask("GET", "/metrics").text


def test_a_target_without_a_token_holds_up_no_other(site: Site) -> None:
    web, core = site.targets("one").json()["targets"]
    assert (web["name"], web["tracker"], core["name"]) == ("web", "local", "core")
    assert site.ask("GET", "/readyz").json()["targets"].keys() == {"web", "core"}
    one = {"Authorization": "Bearer one"}
    previewed = site.ask("POST", "/api/v1/targets/web/preview", headers=one)
    assert previewed.json()["counts"]["create_issue"] > 0
    assert not (site.folder / ".plansync/tracker.db").exists()


def test_a_preview_of_what_cannot_be_reached_is_told_and_no_bug(site: Site) -> None:
    answer = site.ask("POST", "/api/v1/targets/core/preview", headers={"Authorization": "Bearer one"})
    assert answer.status_code in {200, 503}
    assert "token" in answer.text


def test_what_github_itself_gives_as_examples_is_answered_with_2xx(site: Site) -> None:
    given = examples()
    assert len(given) > 100
    answers = {site.deliver("old-secret", payload, event, f"e-{n}") for n, (event, payload) in enumerate(given)}
    assert answers == {202}
