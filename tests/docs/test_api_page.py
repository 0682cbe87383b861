"""The page on the API: every command on it works, and it names every route."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.web_client import Client
from tests.support.web_world import TOKEN, web_world

PAGE = (Path(__file__).parents[2] / "docs/api.md").read_text("utf-8")
COMMANDS = re.findall(r"^(curl .+)$", PAGE, re.MULTILINE)


def ask(client: Client, command: str) -> int:
    """Do what the command would, and return the status."""
    words = shlex.split(command.replace("$TOKEN", TOKEN))[1:]
    headers: dict[str, str] = {}
    method, body = "GET", None
    while len(words) > 1:
        option, value, *words = words
        match option:
            case "-H":
                name, _, headers[name] = value.partition(": ")
            case "-X":
                method = value
            case "-d":
                method, body = "POST", value
            case _:
                raise AssertionError(command)
    path = words[0].removeprefix("http://127.0.0.1:8484")
    return client.request(method, path, headers=headers, content=body).status_code


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with web_world(tmp_path) as web:
        yield Client(web.app())


def test_every_command_works(client: Client) -> None:
    assert len(COMMANDS) == 10
    for command in COMMANDS:
        assert ask(client, command) == (202 if "/sync" in command else 200), command


def test_every_route_is_told(client: Client) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    routes = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, operations in paths.items()
        if path.startswith("/api/v1")
        for method in operations
    }
    assert set(re.findall(r"^\| `(\w+ \S+)`", PAGE, re.MULTILINE)) == routes
