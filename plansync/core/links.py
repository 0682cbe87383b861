"""What a URL in a plan points at, seen from a target's tracker (spec §3.1, §3.5). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import unquote, urlsplit


class RefKind(StrEnum):
    """What a URL names on a tracker."""

    ISSUE = "issue"
    MILESTONE = "milestone"


class Where(StrEnum):
    """Where a referenced issue lives."""

    HERE = "here"
    """In the target's own project (or one it was formerly known as)."""
    ELSEWHERE = "elsewhere"
    """In another project: tracked elsewhere."""
    LOCAL = "local"
    """In a local tracker, seen from another one: never elsewhere, never gone."""


@dataclass(frozen=True, slots=True)
class Reference:
    """An issue or milestone that a URL names."""

    kind: RefKind
    number: int
    where: Where


@dataclass(frozen=True, slots=True)
class Address:
    """Where a target's issues live, for comparing URLs.

    ``host`` has its port when it is not the scheme's own; ``project`` is empty for the local tracker;
    ``formerly`` holds ``host/project`` or ``project`` names that count as this project. ``issues`` and ``milestones``
    are what addresses made there begin with, for previews of links to come.
    """

    kind: str
    host: str
    project: str
    formerly: tuple[str, ...] = ()
    issues: str = field(default="", compare=False)
    milestones: str = field(default="", compare=False)

    @property
    def pages(self) -> frozenset[str]:
        """Return what the project's page may be known as, in the form of :func:`page_of`."""
        names = {f"{self.host}/{self.project}".strip("/").casefold()}
        for name in self.formerly:
            plain = name.strip("/").casefold()
            names |= {plain, f"{self.host}/{plain}".casefold()}
        return frozenset(names)


_LOOPBACK = re.compile(r"^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$")
_TAIL = re.compile(r"^(?P<project>.*?)/(?:-/)?(?P<kind>issues|work_items|milestones?)/(?P<number>[1-9]\d{0,17})/?$")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def read_reference(url: str, address: Address) -> Reference | None:
    """Return what ``url`` names, or None when it names no issue or milestone.

    Compared are host, project path without case, and number; scheme, query, fragment and
    ``issues``/``work_items`` do not count. Pull and merge requests are never references.
    """
    try:
        parts = urlsplit(url)
        host = _host(parts.scheme, parts.netloc)
    except ValueError:
        return None
    found = _TAIL.match(unquote(parts.path))
    if found is None or not host:
        return None
    kind = RefKind.MILESTONE if found["kind"].startswith("milestone") else RefKind.ISSUE
    return Reference(kind, int(found["number"]), _where(host, found["project"].strip("/"), address))


def page_of(url: str) -> str:
    """Return host and path of a web address in the form in which addresses are compared, empty if it is none."""
    try:
        parts = urlsplit(url)
        host = _host(parts.scheme, parts.netloc)
    except ValueError:
        return ""
    return f"{host}/{unquote(parts.path).strip('/')}".rstrip("/").casefold() if host else ""


def _host(scheme: str, netloc: str) -> str:
    host = netloc.rsplit("@", 1)[-1].casefold()
    return host.removesuffix(_DEFAULT_PORTS.get(scheme.casefold(), "\0"))


def _where(host: str, project: str, address: Address) -> Where:
    if f"{host}/{project}".strip("/").casefold() in address.pages:
        return Where.HERE
    return Where.LOCAL if not project and _LOOPBACK.match(host) else Where.ELSEWHERE
