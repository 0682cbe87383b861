"""``plansync webhook``: plansync's webhook at the project of each target."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from plansync.cli.lines import Line, Role
from plansync.cli.options import Invocation, add_command, add_group_options
from plansync.cli.parameters import TargetName, option
from plansync.cli.workplace import opened, read_settings
from plansync.errors import UsageError

if TYPE_CHECKING:
    from plansync.app.hooking import Post, Posted
    from plansync.settings import Settings
    from plansync.settings.webhook_secrets import Ring

Url = Annotated[
    str | None, option("--url", "The address under which the hosts reach plansync; web.public_url.", metavar="URL")
]
AsJson = Annotated[bool, option("--json", "Print the same as JSON.")]


def install(
    invocation: Invocation,
    *,
    target: TargetName = None,
    url: Url = None,
    rotate: Annotated[bool, option("--rotate", "Give the hosts a new secret; the older stay valid here.")] = False,
    drop_old: Annotated[bool, option("--drop-old", "Forget all secrets but the one in use.")] = False,
    insecure: Annotated[bool, option("--insecure", "Allow an address that begins with http://.")] = False,
) -> None:
    """Put up the webhook at each target's project, or bring it up to date.

    The secret is the first one that is configured; without one it is made, and kept in the secrets folder, or
    printed once where there is none. Exits with 1 when a target failed.
    """
    from plansync.app.hooking import install as put_up

    settings = read_settings(invocation)
    base = _base(settings, target, url)
    _refuse_plain(base, insecure=insecure)
    with _posts(invocation, target, base) as (posts, others):
        if drop_old and (shared := {post.kind for post in posts} & {post.kind for post in others} - {"local"}):
            raise UsageError(
                f"--drop-old with --target would lock out the other targets on {', '.join(sorted(shared))}",
                hint="leave out --target: all of them get the secret in use",
            )
        found = [*_tell_all(invocation, [put_up(post, "") for post in posts if post.hooks is None])]
        for kind in dict.fromkeys(post.kind for post in posts if post.hooks is not None):
            of_kind = [post for post in posts if post.kind == kind]
            found += _install(invocation, of_kind, _ring(settings, kind), rotate=rotate, drop_old=drop_old)
    raise typer.Exit(int(any(one.ok is False for one in found)))


def status(invocation: Invocation, target: TargetName = None, url: Url = None, as_json: AsJson = False) -> None:
    """Show whether the webhook of each target is there and well. Exits with 1 where one is not."""
    from plansync.app.hooking import look

    settings = read_settings(invocation)
    with _posts(invocation, target, _base(settings, target, url), read_only=True) as (posts, _):
        counts = {kind: len(_ring(settings, kind).secrets) for kind in {post.kind for post in posts} - {"local"}}
        found = [look(post, counts.get(post.kind, 0)) for post in posts]
    code = int(any(one.ok is False for one in found))
    if as_json:
        plain = [_plain(one, counts.get(one.kind, 0)) for one in found]
        invocation.terminal.show_json({"exit_code": code, "targets": plain})
    else:
        _tell_all(invocation, found, detailed=True)
    raise typer.Exit(code)


def remove(invocation: Invocation, target: TargetName = None, url: Url = None) -> None:
    """Take the webhook away from each target's project; those with another address are left alone."""
    from plansync.app.hooking import remove as take_away

    with _posts(invocation, target, _base(read_settings(invocation), target, url)) as (posts, _):
        found = _tell_all(invocation, [take_away(post) for post in posts])
    raise typer.Exit(int(any(one.ok is False for one in found)))


def _install(
    invocation: Invocation, posts: Sequence[Post], ring: Ring, *, rotate: bool, drop_old: bool
) -> Sequence[Posted]:
    """Give all projects on one kind of host the same secret: kept before they have it, or told after they have."""
    from plansync.app.hooking import install as put_up

    is_new = rotate or not ring.secrets
    ring = ring.renewed() if is_new else ring
    if is_new:
        ring.save()
    found: list[Posted] = []
    try:
        for post in posts:
            found.append(put_up(post, ring.secrets[0]))
    finally:
        _tell_all(invocation, found)
        if is_new and (len(found) < len(posts) or any(one.took_secret for one in found) or ring.file):
            _tell_secret(invocation, ring)
    if drop_old and len(ring.secrets) > 1:
        _drop_old(invocation, ring, found)
    return found


def _tell_secret(invocation: Invocation, ring: Ring) -> None:
    """Say where a new secret is kept, or print it: nothing else ever shows one."""
    terminal = invocation.terminal
    if ring.file is not None:
        _say(invocation, f"secret kept in {ring.file}; a running daemon takes it over on SIGHUP")
        return
    place = "in front of the older ones, a blank between them" if len(ring.secrets) > 1 else "where the daemon runs"
    terminal.tell([Line(f"{ring.why_not}, so here is the secret, this once; set it {place}:", Role.CHANGED)])
    terminal.show([Line(f"{ring.variable}={ring.secrets[0]}")])


def _drop_old(invocation: Invocation, ring: Ring, found: Sequence[Posted]) -> None:
    older = f"{len(ring.secrets) - 1} older"
    if any(one.ok is False for one in found):
        invocation.terminal.fault(f"{older} kept in {ring.variable}: not every project has the secret in use")
    elif ring.file is None:
        _say(invocation, f"{ring.why_not}: take the {older} out of it there")
    else:
        ring.narrowed().save()
        _say(invocation, f"{older} taken out of {ring.file}")


@contextmanager
def _posts(
    invocation: Invocation, name: str | None, base: str, *, read_only: bool = False
) -> Iterator[tuple[Sequence[Post], Sequence[Post]]]:
    """Open the chosen targets' projects, and the others'."""
    from plansync.bootstrap.hooks import posts_of
    from plansync.cli.targets import choose

    with opened(invocation, read_only=read_only) as workshop:
        chosen = {choice.target.name for choice in choose(workshop.targets, (), name)}
        posts = list(posts_of(workshop.targets, base))
        yield [post for post in posts if post.target in chosen], [post for post in posts if post.target not in chosen]


def _base(settings: Settings, target: str | None, url: str | None) -> str:
    """Return the address under which plansync is reached; only hosted targets need one."""
    from plansync.core.addresses import fault_of

    if all(one.tracker.kind == "local" for one in settings.targets if target in {None, one.name}):
        return ""
    base, name = (settings.web.public_url, "web.public_url") if url is None else (url, "--url")
    if not base:
        hint = "name it: --url https://plans.example.com, or web.public_url in plansync.toml"
        raise UsageError("the address under which the hosts reach plansync is not known", hint=hint)
    if fault := fault_of(base):
        raise UsageError(f"{name} {fault}", hint="it is like https://plans.example.com")
    return base


def _refuse_plain(base: str, *, insecure: bool) -> None:
    from plansync.core.addresses import is_loopback, is_plain

    if is_plain(base) and not insecure and not is_loopback(base):
        hint = "put it behind HTTPS, or allow it by --insecure"
        raise UsageError("an address that begins with http:// lets everybody on the way read what is sent", hint=hint)


def _ring(settings: Settings, kind: str) -> Ring:
    from plansync.settings.webhook_secrets import ring_of

    return ring_of(settings, "github" if kind == "github" else "gitlab", os.environ)


def _tell_all(invocation: Invocation, found: Sequence[Posted], *, detailed: bool = False) -> Sequence[Posted]:
    from plansync.cli.views.hooks import fault_of, posted_lines

    terminal, width = invocation.terminal, max((len(one.target) for one in found), default=0)
    for one in found:
        if terminal.quiet and one.ok is False:
            terminal.fault(*fault_of(one))
        elif not terminal.quiet:
            terminal.show(posted_lines(one, width, detailed=detailed))
    return found


def _say(invocation: Invocation, text: str) -> None:
    if not invocation.terminal.quiet:
        invocation.terminal.show([Line(text)])


def _plain(one: Posted, secrets: int) -> dict[str, object]:
    from plansync.cli.views.hooks import as_plain

    return as_plain(one, secrets)


webhook_app = typer.Typer(
    help="Put up plansync's webhooks at the trackers.",
    rich_markup_mode=None,
    no_args_is_help=True,
)
add_group_options(webhook_app)
for command in (install, status, remove):
    add_command(webhook_app, command)
