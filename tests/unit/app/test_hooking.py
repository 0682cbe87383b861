"""The use cases of ``plansync webhook`` on webhooks in memory: what they say and do at the edges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from plansync.app.hooking import Post, install, look, remove
from plansync.errors import ChangeRefused, OutcomeUnknown, TrackerError
from plansync.ports.hooking import Hook

URL = "https://plans.example.com/webhooks/github"
WELL = Hook(id=1, url=URL, active=True, events=("issues",))


@dataclass
class MemoryHooks:
    """Webhooks of one project; ``refusal`` is raised by every change."""

    kept: dict[int, Hook] = field(default_factory=dict)
    pinged: list[int] = field(default_factory=list)
    last: int | None = None
    refusal: TrackerError | None = None

    def all(self) -> Sequence[Hook]:
        return list(self.kept.values())

    def last_answer(self, hook: Hook) -> int | None:
        return self.last

    def create(self, url: str, secret: str) -> Hook:
        return self.update(replace(WELL, id=len(self.kept) + 1), url, secret)

    def update(self, hook: Hook, url: str, secret: str) -> Hook:
        del secret
        self._refuse()
        self.kept[hook.id] = replace(WELL, id=hook.id, url=url)
        return self.kept[hook.id]

    def remove(self, hook: Hook) -> None:
        self._refuse()
        del self.kept[hook.id]

    def ping(self, hook: Hook) -> None:
        self.pinged.append(hook.id)
        self._refuse()

    def _refuse(self) -> None:
        if self.refusal is not None:
            raise self.refusal


def post(hooks: MemoryHooks, base: str = "https://plans.example.com", host: str = "api.github.com") -> Post:
    return Post(target="web", project="acme/web", kind="github", host=host, base=base, hooks=hooks)


def holding(*hooks: Hook) -> MemoryHooks:
    return MemoryHooks({hook.id: hook for hook in hooks})


def test_an_address_that_only_this_machine_reaches_is_worth_a_word_where_the_host_is_elsewhere() -> None:
    here = "http://127.0.0.1:8484"
    assert install(post(MemoryHooks(), here), "s").warnings == (
        "api.github.com cannot reach http://127.0.0.1:8484/webhooks/github: only this machine does",
    )
    assert install(post(MemoryHooks(), here, "127.0.0.1:3000"), "s").warnings == ()


def test_one_that_was_switched_off_is_pinged_so_that_the_host_calls_it_again() -> None:
    hooks = holding(replace(WELL, trouble="GitLab has switched it off", active=False))
    assert install(post(hooks), "s").ok
    assert install(post(hooks), "s").ok
    assert hooks.pinged == [1]


def test_a_ping_that_fails_does_not_fail_what_was_done() -> None:
    class Deaf(MemoryHooks):
        def ping(self, hook: Hook) -> None:
            raise TrackerError("no")

    assert install(post(Deaf({1: replace(WELL, trouble="it is switched off")})), "s").ok


@pytest.mark.parametrize(
    ("error", "took"),
    [
        (ChangeRefused("no"), False),
        (OutcomeUnknown("lost"), True),
        (ChangeRefused("said: hush!", hint="not hush"), False),
    ],
)
def test_a_host_that_may_have_taken_the_secret_is_told_from_one_that_did_not(error: TrackerError, took: bool) -> None:
    done = install(post(MemoryHooks(refusal=error)), "hush")
    assert (done.ok, done.took_secret) == (False, took)
    assert "hush" not in f"{done.message}{done.hint}"


@pytest.mark.parametrize(
    ("hook", "last", "secrets", "ok", "message"),
    [
        (WELL, None, 1, True, "installed and active; 1 secret configured"),
        (WELL, 202, 2, True, "installed and active; its last delivery was answered with 202; 2 secrets configured"),
        (WELL, 401, 1, False, "installed; its last delivery was answered with 401"),
        (WELL, 0, 1, False, "installed; its last delivery was not answered"),
        (WELL, 202, 0, False, "installed; its last delivery was answered with 202, but no secret is configured here"),
        (replace(WELL, trouble="it is switched off"), 202, 1, False, "installed, but it is switched off"),
        (replace(WELL, missing=("push",)), 202, 1, False, "installed, but it hears nothing of push"),
    ],
)
def test_a_webhook_is_judged(hook: Hook, last: int | None, secrets: int, ok: bool, message: str) -> None:
    hooks = holding(hook)
    hooks.last = last
    found = look(post(hooks), secrets)
    assert (found.ok, found.message, bool(found.hint), found.last) == (ok, message, not ok, last)


def test_a_removal_that_is_refused_is_told() -> None:
    hooks = holding(WELL)
    hooks.refusal = ChangeRefused("no", hint="ask")
    done = remove(post(hooks))
    assert (done.ok, done.message, done.hint) == (False, "no", "ask")
