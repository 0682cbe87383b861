"""Where hosts deliver webhooks to: addresses built, compared and shown. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_LOOPBACK = re.compile(r"localhost|.+\.localhost|127(\.\d+){3}|::1|0\.0\.0\.0|::")
_PORTS = {"http": 80, "https": 443}


def hook_path(kind: str) -> str:
    """Return the path that a host of this kind (``github``) delivers to."""
    return f"/webhooks/{kind}"


def fault_of(base: str) -> str:
    """Say what is wrong with the address under which plansync is reached, empty for a good one."""
    try:
        parts = urlsplit(base)
        _ = parts.port
    except ValueError:
        return "is no address"
    if parts.scheme not in _PORTS or not parts.hostname or re.search(r"\s", base):
        return "is no address that begins with https://"
    if parts.username is not None or parts.password is not None:
        return "holds a login, which everybody could read at the tracker"
    return "has a query or a fragment" if parts.query or parts.fragment else ""


def is_loopback(url: str) -> bool:
    """Say whether only this machine itself reaches an address."""
    return _LOOPBACK.fullmatch((urlsplit(url).hostname or "").casefold()) is not None


def is_plain(url: str) -> bool:
    """Say whether what is sent there can be read on the way."""
    return urlsplit(url).scheme.casefold() == "http"


def delivery_address(base: str, kind: str) -> str:
    """Return the whole address for a kind of host, below what ``base`` has of a path."""
    return base.rstrip("/") + hook_path(kind)


def same_place(one: str, other: str) -> bool:
    """Say whether two addresses are one: case of scheme and host, a scheme's own port, a last slash do not count."""
    try:
        return _place(one) == _place(other)
    except ValueError:
        return False


def shown(url: str) -> str:
    """Return an address without what may be a secret in it: login, query, fragment."""
    try:
        parts = urlsplit(url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        return "an address that cannot be read"
    return f"{parts.scheme}://{host}{port}{parts.path}"


def _place(url: str) -> tuple[str, str, int | None, str, str]:
    parts = urlsplit(url)
    port = parts.port or _PORTS.get(parts.scheme)
    return parts.scheme, parts.hostname or "", port, parts.path.rstrip("/"), parts.query
