"""The sessions of the guide to trackers, typed against a GitHub of the tests under the name of the real one."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

from plansync.app.doctor import ORDER
from plansync.bootstrap import SystemClock
from tests.docs.test_readme import ROOT, blocks, first_missing, steps
from tests.servers.github import GitHub, serve
from tests.support.shell import Shell

PAGE = ROOT / "docs/trackers.md"
TEXT = PAGE.read_text("utf-8")


def test_the_sessions_go_as_the_page_says(tmp_path: Path) -> None:
    program = tmp_path / "bin/plansync"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m plansync "$@"\n')
    program.chmod(0o755)
    shutil.copytree(ROOT / "examples/plans", tmp_path / "shop/plans")
    github = GitHub(SystemClock())
    github.repository.permissions[github.login] = "write"
    variables = {"PLANSYNC_GITHUB_TOKEN": github.token, "PLANSYNC_PACING__WRITE_INTERVAL": "0"}
    shop = Shell(tmp_path / "shop", variables)
    with serve(github) as server:
        first = blocks(PAGE, "toml")[0]
        assert 'project = "acme/web" }' in first
        shop.write("plansync.toml", first.replace('"acme/web" }', f'"acme/web", api_url = "{github.api}" }}'))
        host = server.url.partition("//")[2]
        for step in steps(PAGE):
            done = shop.run("sh", "-c", f'PATH="{program.parent}:$PATH"; export PATH; {step.command}')
            printed = (done.stdout + done.stderr).replace(host, "api.github.com")
            assert done.returncode == step.code, f"$ {step.command}\n{printed}"
            missing = first_missing(step.output, printed.splitlines())
            assert missing is None, f"$ {step.command}\ndid not print {missing!r}, but\n{printed}"
    assert github.token not in TEXT


def test_every_check_of_doctor_s_is_explained_in_its_order() -> None:
    section = TEXT.partition("## What doctor says")[2].partition("\n## ")[0]
    assert tuple(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == ORDER


@pytest.mark.parametrize("phrase", re.findall(r"^\| ([a-z][^|]+?) \| .+ \|$", TEXT.partition("## When something")[2], re.MULTILINE))  # fmt: skip
def test_the_refusals_of_the_page_are_those_of_the_code(phrase: str) -> None:
    code = "\n".join(file.read_text("utf-8") for file in (ROOT / "plansync").rglob("*.py"))
    if phrase != "it says":
        assert [part for part in phrase.split(", ") if part not in code] == []
