"""Shipped files are found in a wheel and in a checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from plansync.rendering.locate import config_dir, examples_dir, shipped_dir, templates_dir


def test_a_checkout_has_them_beside_the_package() -> None:
    assert (templates_dir() / "issues" / "task.md.j2").is_file()
    assert (examples_dir() / "plans").is_dir()
    assert config_dir().name in {"config", "_config"}


@pytest.mark.parametrize("installed", [True, False])
def test_a_wheel_has_them_inside_the_package(tmp_path: Path, installed: bool) -> None:
    package = tmp_path / "plansync"
    inside, beside = package / "_templates", tmp_path / "templates"
    beside.mkdir()
    if installed:
        inside.mkdir(parents=True)
    assert shipped_dir("templates", package) == (inside if installed else beside)
