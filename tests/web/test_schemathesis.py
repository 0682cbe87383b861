"""Whatever is sent to API, health and webhooks: no 5xx, and every answer is one that is described."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import negative_data_rejection
from schemathesis.schemas import BaseSchema

from tests.support.web_world import GOOD, PASS, web_world

EXAMPLES = 25
OPERATIONS = [
    ("POST", "/webhooks/github"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("GET", "/api/v1/targets"),
    ("GET", "/api/v1/problems"),
    ("GET", "/api/v1/plans"),
    ("GET", "/api/v1/plans/{target}/{path}"),
    ("GET", "/api/v1/plans/{target}/{path}/items"),
    ("GET", "/api/v1/runs"),
    ("POST", "/api/v1/targets/{target}/preview"),
    ("POST", "/api/v1/targets/{target}/sync"),
]
NOTHING_TO_GET_WRONG = {"/webhooks/github", "/healthz", "/readyz", "/metrics"}
CASES = [(*operation, GenerationMode.POSITIVE) for operation in OPERATIONS] + [
    (*operation, GenerationMode.NEGATIVE) for operation in OPERATIONS if operation[1] not in NOTHING_TO_GET_WRONG
]


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BaseSchema]:
    """Serve a folder with one synced plan, and return the description of what is served."""
    root: Path = tmp_path_factory.mktemp("described")
    with web_world(root) as web:
        web.world.sync(publish=True)
        with web.serving() as server:
            yield schemathesis.openapi.from_url(f"{server.url}/api/v1/openapi.json")


def test_all_that_is_described_is_asked(described: BaseSchema) -> None:
    found: list[Any] = [result.ok() for result in described.get_all_operations()]  # type: ignore[union-attr]
    assert {(operation.method.upper(), operation.path) for operation in found} == set(OPERATIONS)


@pytest.mark.parametrize(("method", "path", "mode"), CASES)
def test_every_answer_is_a_described_one(described: BaseSchema, method: str, path: str, mode: GenerationMode) -> None:
    """Parameters that nobody described are passed over, as everywhere on the web: that they are refused is not asked."""
    operation = described[path][method]
    headers = GOOD if path.startswith("/webhooks") else PASS

    @settings(max_examples=EXAMPLES, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        case.call_and_validate(headers=headers, excluded_checks=[negative_data_rejection])

    ask()
