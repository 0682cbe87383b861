"""The sessions of the page on webhooks, typed against a GitHub of the tests, with a secrets folder under another name."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from plansync.bootstrap import SystemClock
from plansync.trackers.github.hooking import EVENTS, YOUNG_EVENTS
from tests.docs.test_readme import ROOT, WEBHOOKS, blocks, first_missing, steps
from tests.servers.github import GitHub, serve
from tests.support.shell import Shell

SHOWN = "/run/plansync"


def test_the_sessions_go_as_the_page_says(tmp_path: Path) -> None:
    program = tmp_path / "bin/plansync"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m plansync "$@"\n')
    program.chmod(0o755)
    shutil.copytree(ROOT / "examples/plans", tmp_path / "shop/plans")
    folder = tmp_path / "secrets"
    folder.mkdir()
    github = GitHub(SystemClock())
    github.repository.permissions[github.login] = "admin"
    variables = {
        "PLANSYNC_GITHUB_TOKEN": github.token,
        "PLANSYNC_PACING__WRITE_INTERVAL": "0",
        "PLANSYNC_SECRETS_DIR": str(folder),
    }
    shop = Shell(tmp_path / "shop", variables)
    with serve(github):
        first = blocks(WEBHOOKS, "toml")[0]
        assert 'project = "acme/web" }' in first
        shop.write("plansync.toml", first.replace('"acme/web" }', f'"acme/web", api_url = "{github.api}" }}'))
        for step in steps(WEBHOOKS):
            done = shop.run("sh", "-c", f'PATH="{program.parent}:$PATH"; export PATH; {step.command}')
            printed = (done.stdout + done.stderr).replace(str(folder), SHOWN)
            assert done.returncode == step.code, f"$ {step.command}\n{printed}"
            missing = first_missing(step.output, printed.splitlines())
            assert missing is None, f"$ {step.command}\ndid not print {missing!r}, but\n{printed}"


def test_the_page_names_the_events_that_are_asked_for() -> None:
    assert f"  events   {', '.join(sorted((*EVENTS, *YOUNG_EVENTS)))}\n" in WEBHOOKS.read_text("utf-8")
