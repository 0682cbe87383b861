"""Hosts' refusals → our errors: what failed, on which repository, and what to do. No token is ever in a message."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from plansync.errors import RateLimited, SourceError, SourceUnavailable, TrackerError
from plansync.hosts.calls import Call, Reply

_TOKEN = "set a valid token; docs/sources.md says which rights it needs"  # noqa: S105 - words, not a secret
_THERE = "check source.project, and that the token may see it: hosts answer 404 for both"
_WRITE = "give the token the right to write to the repository; docs/sources.md says which it needs"
ARCHIVED = "unarchive the repository, or take the target out of plansync.toml"


def refusal(call: Call, reply: Reply, where: str) -> SourceError:
    """Return the error for a reply from 400 on; ``where`` is repository and host."""
    said = reply.message
    match reply.status:
        case 401:
            return SourceError(f"could not {call.what}: the token for {where} is not accepted", hint=_TOKEN)
        case 403 if "archived" in said.casefold():
            return SourceError(f"{where} is archived and cannot be changed", hint=ARCHIVED)
        case 403:
            sso = "authorise the token for single sign-on" if "x-github-sso" in reply.headers else ""
            return SourceError(f"the token may not {call.what} in {where}: {said or '403'}", hint=sso or _WRITE)
        case 404 | 410:
            return SourceError(f"could not {call.what}: it was not found in {where}", hint=_THERE)
        case status:
            return SourceError(f"could not {call.what} in {where}: {said or f'the host answered {status}'}")


def missing(where: str) -> SourceError:
    """Return the error for a repository that is not there."""
    return SourceError(f"{where} was not found", hint=_THERE)


def empty(where: str) -> SourceError:
    """Return the error for a repository without any commit."""
    return SourceError(f"{where} is empty", hint="a first commit makes its branch")


def no_branch(where: str, branch: str) -> SourceError:
    """Return the error for a branch that is not there."""
    return SourceError(f"{where} has no branch {branch}", hint="check source.branch; a first commit makes it")


@contextmanager
def as_source_errors() -> Iterator[None]:
    """Turn what goes wrong on the line into errors of a source; a limit says how long to wait, and goes through."""
    try:
        yield
    except RateLimited:
        raise
    except TrackerError as error:
        raise _translated(error) from error


@contextmanager
def as_source_errors_alone() -> Iterator[None]:
    """Turn all that goes wrong on the line into errors of a source: what else was done must not be lost by it."""
    try:
        yield
    except TrackerError as error:
        raise _translated(error) from error


def _translated(error: TrackerError) -> SourceError:
    kind = SourceUnavailable if error.transient else SourceError
    return kind(str(error), hint=error.hint)
