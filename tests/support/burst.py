"""A burst of signed deliveries over real sockets, and a bare route that only stores them, to compare with."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tests.support.shell import Shell

SECRET = "a-secret-of-the-hook-0123456789"
PAGE = "https://github.com/acme/web"
PLAN = """# Implementation Plan: {0}

**Feature ID:** {0}
**Status:** Draft

## 5. Implementation Phases

### Phase 1: Build

- **Tasks:**
  - [ ] Lay the first stone of {0}
"""
CONFIG = """[[targets]]
name = "web"
source = { path = ".", include = ["plans/*.md"] }

[schedule]
interval = "1h"
jitter = 0

[webhooks]
debounce = 2
"""


@dataclass(frozen=True)
class Delivery:
    """One delivery: what it is called, and all of its bytes."""

    id: str
    plan: str
    request: bytes


@dataclass
class Told:
    """What became of a burst: every status with how long its answer took, and the ids that were answered 2xx."""

    answers: list[tuple[int, float]] = field(default_factory=list)
    accepted: set[str] = field(default_factory=set)
    seconds: float = 0.0

    @property
    def slowest(self) -> float:
        """Return the longest wait for an answer."""
        return max(took for _, took in self.answers)

    @property
    def statuses(self) -> set[int]:
        """Return all statuses."""
        return {status for status, _ in self.answers}


def make_folder(shell: Shell, plans: int) -> Shell:
    """Put plans into a Git checkout of the repository that the deliveries speak of."""
    shell.write("plansync.toml", CONFIG)
    for name in plan_names(plans):
        shell.write(name, PLAN.format(Path(name).stem))
    for words in (("init", "--quiet", "--initial-branch=main"), ("remote", "add", "origin", f"{PAGE}.git")):
        subprocess.run(["git", *words], cwd=shell.folder, check=True)
    return shell.given(PLANSYNC_WEBHOOKS__GITHUB_SECRET=SECRET)


def plan_names(count: int) -> list[str]:
    """Return the paths of the plans."""
    return [f"plans/plan-{number:03}.md" for number in range(count)]


def pushes(count: int, plans: Sequence[str], secret: str = SECRET) -> list[Delivery]:
    """Return deliveries of pushes to the plans in turn; every tenth is the one before it once more."""
    made: list[Delivery] = []
    for number in range(count):
        made.append(made[-1] if number % 10 == 9 else _push(number, plans[number % len(plans)], secret))
    return made


def _push(number: int, plan: str, secret: str) -> Delivery:
    commit = {"id": f"{number:040x}", "added": [], "removed": [], "modified": [plan]}
    repository = {"full_name": "acme/web", "html_url": PAGE, "default_branch": "main"}
    body = json.dumps({"ref": "refs/heads/main", "repository": repository, "commits": [commit], "size": 1}).encode()
    name = f"72d3162e-cc78-11e3-81ab-{number:012x}"
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    head = (
        "POST /webhooks/github HTTP/1.1\r\nHost: plansync.test\r\nContent-Type: application/json\r\n"
        f"X-GitHub-Event: push\r\nX-GitHub-Delivery: {name}\r\nX-Hub-Signature-256: sha256={signature}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return Delivery(name, plan, head.encode() + body)


def send(url: str, deliveries: Sequence[Delivery], connections: int, told: Told | None = None) -> Told:
    """Send all of them over so many connections at a time; one that breaks is given up. ``told`` can be watched."""
    told = Told() if told is None else told
    start = time.perf_counter()
    asyncio.run(_send_all(url, deliveries, connections, told))
    told.seconds = time.perf_counter() - start
    return told


async def _send_all(url: str, deliveries: Sequence[Delivery], connections: int, told: Told) -> None:
    left = iter(deliveries)
    await asyncio.gather(*(_connection(url, left, told) for _ in range(connections)))


async def _connection(url: str, left: Iterator[Delivery], told: Told) -> None:
    place = urlsplit(url)
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        try:
            for delivery in left:
                await _exchange(reader, writer, delivery, told)
        finally:
            writer.close()
            await writer.wait_closed()


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delivery: Delivery, told: Told) -> None:
    start = time.perf_counter()
    writer.write(delivery.request)
    head = await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]))
    status = int(head.split()[1])
    told.answers.append((status, time.perf_counter() - start))
    if status < 300:
        told.accepted.add(delivery.id)


@contextmanager
def bare(folder: Path) -> Iterator[str]:
    """Serve a route that stores each delivery with one insert and does nothing else; give its address."""
    words = [sys.executable, "-m", "tests.support.bare_ack", str(folder / "bare.db")]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, encoding="utf-8", cwd=Path(__file__).parents[2])
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address, "the bare route does not listen"
        yield address
    finally:
        process.kill()
        process.communicate()


def add_stone(shell: Shell, name: str, stone: str = "the second stone") -> None:
    """Add a task to a plan below its first one."""
    first = next(line for line in shell.read(name).splitlines() if "first stone" in line)
    shell.write(name, shell.read(name).replace(first, f"{first}\n  - [ ] Lay {stone}"))
