"""The use cases of ``plansync webhook``: put up, look at and take away plansync's webhook at a target's project.

A webhook is plansync's by its address, and by nothing else: any other is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from plansync.core.addresses import delivery_address, hook_path, is_loopback, same_place, shown
from plansync.errors import TrackerError
from plansync.ports.hooking import Hook, Hooks


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One target's project, and where its webhook is to lead; ``hooks`` is None where the tracker has none."""

    target: str
    project: str
    kind: str
    host: str
    base: str
    hooks: Hooks | None

    @property
    def url(self) -> str:
        """Return the address of plansync's webhook."""
        return delivery_address(self.base, self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What was done or found at one target. ``ok`` is None where there is nothing to do and nothing to judge.

    ``last`` is the status that the last delivery was answered with, 0 for no answer, None where nobody tells.
    ``took_secret``: the host has, or may have, the secret that it was given.
    """

    target: str
    project: str
    kind: str
    ok: bool | None
    message: str
    hint: str = ""
    warnings: tuple[str, ...] = ()
    url: str = ""
    hook: Hook | None = field(default=None, repr=False)
    last: int | None = None
    took_secret: bool = False


def install(post: Post, secret: str) -> Posted:
    """Put up the webhook, or bring up to date the one that is there; further ones with its address are taken away."""
    if post.hooks is None:
        return _without_hooks(post)
    tried = False
    try:
        ours = _ours(post, post.hooks.all())
        tried = True
        hook = post.hooks.update(ours[0], post.url, secret) if ours else post.hooks.create(post.url, secret)
        for extra in ours[1:]:
            post.hooks.remove(extra)
    except TrackerError as error:
        return replace(_failed(post, error, secret), took_secret=tried and error.transient)
    if ours and ours[0].trouble:
        with suppress(TrackerError):
            post.hooks.ping(hook)
    message = f"brought up to date: {post.url}" if ours else f"installed: {post.url}"
    warnings = _unreachable(post) + ((f"{len(ours) - 1} more with this address taken away",) if ours[1:] else ())
    return replace(_said(post, True, message), hook=hook, warnings=warnings, took_secret=True)


def look(post: Post, secrets: int) -> Posted:
    """Say whether the webhook is there and well, where ``secrets`` are how many are configured here."""
    if post.hooks is None:
        return _without_hooks(post)
    try:
        everything = post.hooks.all()
        ours = _ours(post, everything)
        hook = ours[0] if ours else None
        last = post.hooks.last_answer(hook) if hook is not None else None
    except TrackerError as error:
        return _failed(post, error)
    others = _strays(post, everything)
    if hook is None:
        missing = _said(post, False, "not installed")
        return replace(missing, hint="`plansync webhook install` puts it up", warnings=others)
    message, hint = _judge(hook, last, secrets)
    found = replace(_said(post, not hint, message), hook=hook, hint=hint, last=hook.last if last is None else last)
    return replace(found, warnings=_several(ours) + others + _unreachable(post))


def remove(post: Post) -> Posted:
    """Take away every webhook with plansync's address, and no other."""
    if post.hooks is None:
        return _without_hooks(post)
    try:
        ours = _ours(post, post.hooks.all())
        for hook in ours:
            post.hooks.remove(hook)
    except TrackerError as error:
        return _failed(post, error)
    return _said(post, True, f"{'removed' if ours else 'there was none'}: {post.url}")


def _ours(post: Post, hooks: Sequence[Hook]) -> Sequence[Hook]:
    return [hook for hook in hooks if same_place(hook.url, post.url)]


def _judge(hook: Hook, last: int | None, secrets: int) -> tuple[str, str]:
    """Return what is to be said of a webhook, and what to do where it is not well."""
    answered = {None: "", 0: "; its last delivery was not answered"}.get(
        last, f"; its last delivery was answered with {last}"
    )
    again = "`plansync webhook install` brings it up to date"
    if hook.missing:
        return f"installed, but it hears nothing of {', '.join(hook.missing)}", again
    if hook.trouble:
        return f"installed, but {hook.trouble}", f"see that plansync is reached there; {again}"
    if last is not None and not 200 <= last < 300:
        hint = "see that plansync is reached there, and has the secret; the next delivery shows"
        return f"installed{answered}", hint
    if not secrets:
        return f"installed{answered}, but no secret is configured here", f"{again}, with a secret"
    return f"installed and active{answered}; {secrets} secret{'' if secrets == 1 else 's'} configured", ""


def _several(ours: Sequence[Hook]) -> tuple[str, ...]:
    return (f"{len(ours)} have this address; `plansync webhook install` leaves one",) if len(ours) > 1 else ()


def _strays(post: Post, hooks: Sequence[Hook]) -> tuple[str, ...]:
    """Name webhooks that seem to lead to another plansync, or to this one under an address that it had."""
    seen = [shown(hook.url) for hook in hooks if not same_place(hook.url, post.url)]
    suffix = hook_path(post.kind)
    return tuple(f"another leads to {url}" for url in seen if url.rstrip("/").endswith(suffix))


def _unreachable(post: Post) -> tuple[str, ...]:
    if is_loopback(post.url) and not is_loopback(f"//{post.host}"):
        return (f"{post.host} cannot reach {shown(post.url)}: only this machine does",)
    return ()


def _without_hooks(post: Post) -> Posted:
    return replace(_said(post, None, "the embedded tracker has no webhooks, and needs none"), url="")


def _failed(post: Post, error: TrackerError, secret: str = "") -> Posted:
    """Return an error as what became of a target; whatever a host says back, the secret is not in it."""
    message, hint = (text.replace(secret, "…") if secret else text for text in (str(error), error.hint))
    return replace(_said(post, False, message), hint=hint)


def _said(post: Post, ok: bool | None, message: str) -> Posted:
    return Posted(target=post.target, project=post.project, kind=post.kind, ok=ok, message=message, url=post.url)
