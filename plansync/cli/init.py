"""``plansync init``: a configuration that fits the folder it is made in."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple
from urllib.parse import urlsplit

from plansync.cli.lines import Line, Role
from plansync.cli.new import create_file
from plansync.cli.options import Invocation
from plansync.cli.parameters import option
from plansync.errors import UsageError

_FILE = "plansync.toml"
_SCP_LIKE = re.compile(r"^(?:[^@/]+@)?(?P<host>[^:/]+):(?P<path>[^/].*)$")


class Remote(NamedTuple):
    """Where a checkout's remote lives: ``github`` or ``gitlab``, the host, and the project on it."""

    kind: str
    host: str
    project: str


def init(
    invocation: Invocation,
    force: Annotated[bool, option("--force", "Replace a plansync.toml that is there.")] = False,
) -> None:
    """Write a plansync.toml that fits this folder.

    It names the plans that are found, uses the embedded tracker, and suggests the Git remote's in a comment.
    """
    from plansync.settings.targets import DEFAULT_INCLUDE

    path = invocation.config or Path(_FILE)
    folder = path.absolute().parent
    if path.exists() and not force:
        raise UsageError(f"{path} exists already", hint="`plansync init --force` replaces it")
    patterns = [pattern for pattern in DEFAULT_INCLUDE if any(folder.glob(pattern))]
    text = configuration(folder.name or "plans", patterns or DEFAULT_INCLUDE[:1], read_remote(folder))
    create_file(path, text, replace=force)
    if invocation.terminal.quiet:
        return
    found = ", ".join(patterns) if patterns else "none yet; `plansync new TITLE` makes one"
    lines = (f"wrote {path}", f"plans: {found}", "next: plansync lint, then plansync preview")
    invocation.terminal.show(Line(line, Role.GOOD if line is lines[0] else Role.PLAIN) for line in lines)


def configuration(name: str, include: Sequence[str], remote: Remote | None) -> str:
    """Return the text of a ``plansync.toml`` for one target on the embedded tracker, with ways on as comments."""
    return "\n".join((*_target(name, include), *_suggestion(remote), *_BEHAVIOUR, ""))


def read_remote(folder: Path) -> Remote | None:
    """Return where the remote ``origin`` of the checkout in ``folder`` lives, if that is GitHub or GitLab."""
    command = ["git", "-C", str(folder), "remote", "get-url", "origin"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return parse_remote(answer.stdout.strip()) if answer.returncode == 0 else None


def parse_remote(url: str) -> Remote | None:
    """Return what ``url`` names, without any credentials in it; None where it is neither GitHub nor GitLab."""
    scp = None if "://" in url else _SCP_LIKE.match(url)
    try:
        parts = urlsplit(url)
        host, path = (scp["host"], scp["path"]) if scp else (parts.hostname or "", parts.path)
    except ValueError:
        return None
    project = path.strip("/").removesuffix(".git")
    kind = next((kind for kind in ("github", "gitlab") if kind in host.casefold()), None)
    return Remote(kind, host, project) if kind and "/" in project else None


def _target(name: str, include: Sequence[str]) -> Iterator[str]:
    patterns = ", ".join(_quoted(pattern) for pattern in include)
    yield "# What plansync keeps in step. `plansync preview` shows what would be done, `plansync once` does it."
    yield ""
    yield "[[targets]]"
    yield f"name = {_quoted(name)}"
    yield f'source = {{ kind = "folder", path = ".", include = [{patterns}] }}'
    yield "# The embedded tracker keeps its issues in .plansync/tracker.db; `plansync local list` shows them."
    yield 'tracker = { kind = "local" }'


def _suggestion(remote: Remote | None) -> Iterator[str]:
    if remote is None:
        return
    names = {"github": "GitHub", "gitlab": "GitLab"}
    public = {"github": "github.com", "gitlab": "gitlab.com"}
    paths = {"github": "/api/v3", "gitlab": ""}
    own = remote.host.casefold() != public[remote.kind]
    api = f', api_url = "https://{remote.host}{paths[remote.kind]}"' if own else ""
    yield f"# For issues on {names[remote.kind]}: this line in place of the one above, and a token in the variable"
    yield f"# PLANSYNC_{remote.kind.upper()}_TOKEN."
    yield f"# tracker = {{ kind = {_quoted(remote.kind)}, project = {_quoted(remote.project)}{api} }}"


_BEHAVIOUR = (
    "",
    "# [sync]",
    "# questions = true       # an issue for each open question, too",
    "# risks = false          # no issues for risks",
    "# create_done = true     # issues also for what is ticked already",
    "# checkboxes = true      # turn plain bullets into boxes when their issue is closed",
    '# publish_when = ["Approved"]    # leave drafts alone until their Status is one of these words',
)


def _quoted(text: str) -> str:
    """Return ``text`` as a TOML string; JSON's strings are TOML's basic strings."""
    return json.dumps(text, ensure_ascii=False)
