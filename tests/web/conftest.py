"""The application on a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.web_client import Client
from tests.support.web_world import WebWorld, web_world


@pytest.fixture
def web(tmp_path: Path) -> Iterator[WebWorld]:
    with web_world(tmp_path) as made:
        yield made


@pytest.fixture
def client(web: WebWorld) -> Client:
    return Client(web.app())
