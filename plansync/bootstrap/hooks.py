"""Which projects of a workshop have webhooks, and over what they are managed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from plansync.app.hooking import Post

if TYPE_CHECKING:
    from plansync.app.request import Target
    from plansync.ports.hooking import Hooks


def posts_of(targets: Sequence[Target], base: str) -> Iterator[Post]:
    """Yield where each target's webhook is to be; ``base`` is the address under which plansync is reached."""
    for target in targets:
        host, project, hooks = _hooks_of(target)
        kind = target.tracker.capabilities.name
        yield Post(target=target.name, project=project, kind=kind, host=host, base=base, hooks=hooks)


def _hooks_of(target: Target) -> tuple[str, str, Hooks | None]:
    """Return host, project and webhooks of a target, over the line of its tracker, at its pace."""
    from plansync.trackers.hosted.tracker import HostedTracker

    if not isinstance(target.tracker, HostedTracker):
        return "", "", None
    from plansync.trackers.github.desk import GitHubDesk
    from plansync.trackers.github.hooking import GitHubHooks
    from plansync.trackers.gitlab.desk import GitLabDesk
    from plansync.trackers.gitlab.hooking import GitLabHooks

    match target.tracker.desk:
        case GitHubDesk() as desk:
            return desk.line.host, desk.project, GitHubHooks(desk.line, desk.project)
        case GitLabDesk() as desk:
            return desk.line.host, desk.project, GitLabHooks(desk.line, desk.project, desk.site)
        case desk:
            raise TypeError(f"no webhooks are known of {type(desk).__name__}")
