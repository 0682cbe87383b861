"""What containers, pods and the unit are told to run are commands that plansync has, with options that it knows."""

from __future__ import annotations

import json

import pytest

from tests.deploy.test_compose import OURS, services
from tests.deploy.test_dockerfile import IMAGE
from tests.deploy.test_kubernetes import containers
from tests.deploy.test_operating_page import plansync
from tests.deploy.test_systemd import value

RUN = {
    "image": IMAGE.last("CMD").words,
    "unit": value("ExecStart").split()[1:],
    **{f"compose {name}": services()[name]["command"] for name in sorted(OURS - {"setup"})},
    **{f"pod {container['name']}": container["args"] for _, container in containers()},
}


@pytest.mark.parametrize("words", RUN.values(), ids=RUN)
def test_what_is_run_is_a_command_with_options_that_it_knows(words: list[str]) -> None:
    plansync(list(words))


def test_the_same_service_runs_the_same_everywhere() -> None:
    assert RUN["image"] == RUN["unit"] == RUN["compose daemon"] == RUN["compose single"] == RUN["pod daemon"]
    assert RUN["compose worker"] == RUN["pod worker"]
    assert RUN["compose migrate"] == RUN["pod migrate"]
    assert json.dumps(RUN).count("--log-format") == len(RUN) - 2
