"""Which names of branches are taken at all. Rules: https://git-scm.com/docs/git-check-ref-format."""

from __future__ import annotations

import re

from plansync.errors import ConfigError

_NOT_IN_BRANCH = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(/|$)")


def check_branch(name: str) -> str:
    """Return ``name`` if it is that of a branch, else raise ``ConfigError``."""
    is_odd = name.startswith(("-", "/", ".", "refs/")) or name.endswith(("/", ".")) or name in {"", "@", "HEAD"}
    if is_odd or _NOT_IN_BRANCH.search(name) or len(name) > 200:
        raise ConfigError(f"{name!r} cannot be the name of a branch", hint="name it as `git branch` shows it")
    return name
