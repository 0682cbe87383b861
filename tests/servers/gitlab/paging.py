"""Pages of lists in the GitLab test server, with the headers that lead from one to the next."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from tests.servers.gitlab.call import Call, Refused
from tests.servers.wire import Answer

T = TypeVar("T")


def page(call: Call, found: Sequence[T], show: Callable[[T], Any]) -> Answer:
    """Return one page of ``found``: 20 a page unless asked for, and never more than 100."""
    size = min(_whole(call, "per_page", 20), 100)
    number = _whole(call, "page", 1)
    if not call.lab.state.strict("pages"):
        size, number = max(len(found), 1), 1
    pages = max(-(-len(found) // size), 1)
    ahead = number + 1 if number < pages else None
    behind = number - 1 if 1 < number <= pages + 1 else None
    headers = {
        "X-Page": str(number),
        "X-Per-Page": str(size),
        "X-Next-Page": str(ahead or ""),
        "X-Prev-Page": str(behind or ""),
    }
    counted = len(found) <= call.lab.countable or not call.lab.state.strict("totals")
    if counted:
        headers |= {"X-Total": str(len(found)), "X-Total-Pages": str(pages)}
    around = {"prev": behind, "next": ahead, "first": 1, "last": pages if counted else None}
    headers["Link"] = ", ".join(f'<{_address(call, to, size)}>; rel="{rel}"' for rel, to in around.items() if to)
    return Answer(200, [show(item) for item in found[(number - 1) * size : number * size]], headers)


def keyset(call: Call, found: Sequence[T], show: Callable[[T], Any]) -> Answer:
    """Return one page that begins behind the ``page_token``, which stands for the last entry before it."""
    size, token = min(_whole(call, "per_page", 20), 100), call.text("page_token")
    shown = [show(item) for item in found]
    first = next((at + 1 for at, one in enumerate(shown) if token is not None and _token(one) == token), 0)
    if token is not None and not first:
        raise Refused(400, "Invalid page token")
    part = shown[first : first + size]
    if first + size >= len(shown):
        return Answer(200, part)
    kept = [(name, value) for name, value in call.request.pairs if name != "page_token"]
    path = call.request.raw_path.split("/api/v4/", 1)[1]
    query = urlencode([*kept, ("page_token", _token(part[-1]))])
    return Answer(200, part, {"Link": f'<{call.lab.base}/api/v4/{path}?{query}>; rel="next"'})


def _token(shown: Any) -> str:
    return base64.urlsafe_b64encode(str(shown["path"]).encode()).decode()


def _whole(call: Call, name: str, default: int) -> int:
    try:
        value = int(call.params.get(name, default))
    except ValueError:
        raise Refused(400, f"{name} is invalid", "error") from None
    if value < 1 and name == "per_page":
        raise Refused(400, f"{name} has a value not allowed", "error")
    return max(value, 1)


def _address(call: Call, number: int, size: int) -> str:
    kept = [(name, value) for name, value in call.request.pairs if name not in {"page", "per_page"}]
    query = urlencode([*kept, ("page", str(number)), ("per_page", str(size))])
    path = call.request.raw_path.split("/api/v4/", 1)[1]
    return f"{call.lab.base}/api/v4/{path}?{query}"
