"""Which addresses are taken at all. What git could read as an option or a program is refused.

Rules: https://git-scm.com/docs/git-clone, "GIT URLS"; of remote helpers (``ext::``) and unencrypted
``git://`` none is known here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from plansync.errors import ConfigError

_HINT = "allowed are https://host/path, ssh://user@host/path, user@host:path, and the path of a local repository"
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9a-fA-F:.]+\]")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*")
_SHORT = re.compile(r"(?:([^/@:]+)@)?([^/@:]+):(?!:)([^:].*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a repository is: ``url`` is what git gets, and holds no credentials."""

    url: str
    scheme: str
    """``https``, ``http``, ``ssh`` or ``file``."""
    host: str = ""
    """As written, with its port; empty for local ones."""


def read_address(text: str, base: Path) -> Address:
    """Return the address that ``text`` is, local paths starting at ``base``; ``ConfigError`` if it is none."""
    if not text or text.startswith("-") or _UNPRINTABLE.search(text) or "::" in text.partition("[")[0]:
        raise ConfigError(f"{text!r} is no address of a Git repository", hint=_HINT)
    if "://" in text:
        return _read_url(text)
    short = _SHORT.fullmatch(text)
    if short is not None and " " not in text and "/" not in text.partition(":")[0]:
        return _read_short(text, short[1] or "", short[2], short[3])
    return Address(f"file://{quote(str(base / Path(text).expanduser()))}", "file")


def _read_url(text: str) -> Address:
    if " " in text:
        raise ConfigError(f"{text!r} is no address of a Git repository", hint=_HINT)
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - raises where it is none
    except ValueError as error:
        raise ConfigError(f"{text!r} is no address of a Git repository: {error}", hint=_HINT) from error
    scheme, host, user = parts.scheme, parts.hostname or "", parts.username
    if scheme == "file" and not parts.netloc and text.startswith("file:///"):
        return Address(text, "file")
    if scheme not in {"https", "http", "ssh"} or not _HOST.fullmatch(host if ":" not in host else f"[{host}]"):
        raise ConfigError(f"{text!r} is no address that plansync goes to", hint=_HINT)
    if parts.password is not None or (user is not None and scheme != "ssh"):
        raise ConfigError(
            "the address of a Git repository must not hold credentials", hint="tokens come from the environment"
        )
    if parts.query or parts.fragment or not parts.path.strip("/") or parts.path.startswith("/-"):
        raise ConfigError(f"{text!r} names no repository", hint=_HINT)
    if user is not None and not _USER.fullmatch(user):
        raise ConfigError(f"{text!r}: the user's name is odd", hint=_HINT)
    return Address(text, scheme, parts.netloc.rpartition("@")[2])


def _read_short(text: str, user: str, host: str, path: str) -> Address:
    """Read ``user@host:path``, the short form of ssh."""
    if not _HOST.fullmatch(host) or (user and not _USER.fullmatch(user)) or path.startswith("-"):
        raise ConfigError(f"{text!r} is no address that plansync goes to", hint=_HINT)
    return Address(text, "ssh", host)
