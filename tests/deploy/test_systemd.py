"""The unit is one that systemd takes, holds the service tight, and names what plansync knows."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from plansync.settings import load_settings
from plansync.settings.durations import parse_duration
from plansync.settings.tables import DaemonSettings

UNIT = Path(__file__).parents[2] / "config/deploy/systemd/plansync.service"
TEXT = UNIT.read_text("utf-8")
LINES: list[tuple[str, str]] = re.findall(r"^([A-Z]\w+)=(.*)$", TEXT, re.MULTILINE)
MOST_EXPOSED = 15
"""In tenths, of the ten points that systemd gives to a unit that is not held at all."""


def value(key: str) -> str:
    """Return the value of a key that stands once."""
    (found,) = (text for name, text in LINES if name == key)
    return found


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run systemd's own check; where there is no systemd, skip."""
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("no systemd here")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    program = tmp_path / "plansync"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    copy = tmp_path / UNIT.name
    copy.write_text(TEXT.replace("/opt/plansync/bin/plansync", str(program)))
    done = analyze("verify", "--man=no", "--recursive-errors=no", copy)
    about_it = [line for line in done.stderr.splitlines() if "plansync" in line]
    assert (done.returncode, about_it) == (0, [])


def test_systemd_calls_the_unit_well_held() -> None:
    done = analyze("security", "--offline=yes", f"--threshold={MOST_EXPOSED}", "--no-pager", UNIT)
    assert done.returncode == 0, done.stdout


def test_the_service_is_the_daemon_which_ends_and_reloads_as_it_is_said() -> None:
    assert value("ExecStart") == "/opt/plansync/bin/plansync daemon --log-format json"
    assert value("ExecReload") == "kill -HUP $MAINPID"
    assert value("RestartPreventExitStatus") == "2"
    assert parse_duration(value("TimeoutStopSec")) > DaemonSettings().grace


def test_other_processes_of_the_machine_stay_visible() -> None:
    """Whether the holder of a lease lives is seen in /proc."""
    assert not {"ProtectProc", "ProcSubset", "PrivatePIDs"} & {name for name, _ in LINES}


def test_credentials_are_named_like_variables_and_the_state_lies_in_the_state_folder(tmp_path: Path) -> None:
    loaded, folder = value("LoadCredential").split(":")
    assert folder == "/etc/plansync/secrets"
    credentials, etc, state = tmp_path / "credentials", tmp_path / "etc", tmp_path / "state"
    for made in (credentials, etc, state):
        made.mkdir()
    for name in ("github_token", "webhooks__github_secret"):
        (credentials / f"{loaded}_{name}").write_text(f"the-{name}")
    (etc / "plansync.toml").write_text("[[targets]]\nname = 'web'\n")
    (etc / ".plansync").symlink_to(state)
    variable, folder = value("Environment").split("=")
    assert folder == "%d"
    settings = load_settings(working=etc, environ={variable: str(credentials)})
    assert settings.github_token is not None
    assert settings.github_token.get_secret_value() == "the-github_token"
    (secret,) = settings.webhooks.github_secret
    assert secret.get_secret_value() == "the-webhooks__github_secret"
    assert settings.place.make_state_folder().samefile(state)
    assert value("StateDirectory") == "plansync"
    assert value("WorkingDirectory") == "/etc/plansync"
