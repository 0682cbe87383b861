"""The image: its Dockerfile is well written, and its steps, carried out below a folder, give a plansync that works."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import signal
import subprocess
import sysconfig
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

import plansync
from plansync.settings.tables import DaemonSettings, WebSettings
from tests.deploy.dockerfile import Sandbox, read, with_python
from tests.servers.openapi_package import alone, cache

ROOT = Path(__file__).parents[2]
BUILD, IMAGE = read(ROOT / "Dockerfile")
_, _, CHECK = IMAGE.last("HEALTHCHECK").text.partition(" CMD ")
LOCKED = """
mount --bind "$ROOT" "$ROOT"
for folder in var/lib/plansync plans tmp; do mount --bind "$ROOT/$folder" "$ROOT/$folder"; done
mount -o remount,bind,ro "$ROOT"
if touch "$ROOT/written" 2>/dev/null; then exit 99; fi
exec "$@"
"""
"""Runs a program with the folder read-only but for what an image may write to, as a container is run."""

Done = subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """The image's file system, below a folder."""
    root = tmp_path_factory.mktemp("image")
    with_python(root)
    sandbox = Sandbox(root, ROOT, cache())
    with alone():
        sandbox.carry_out(BUILD)
    shutil.rmtree(sandbox.inside("/build"))
    sandbox.carry_out(IMAGE)
    sandbox.inside("/tmp").mkdir()
    return sandbox


@dataclass(frozen=True)
class Container:
    """How a program is started as a container of the image would be, in its working folder."""

    words: list[str]
    cwd: Path
    env: dict[str, str]


def container(image: Sandbox, *command: str, **variables: str) -> Container:
    """Return how to start ``command``."""
    locked = ["unshare", "--user", "--map-root-user", "--mount", "/bin/sh", "-euc", LOCKED, "sh", *command]
    env = image.environment() | {"TMPDIR": str(image.inside("/tmp")), "ROOT": str(image.root)} | variables
    return Container(locked if can_lock() else list(command), image.inside(image.workdir), env)


def run(image: Sandbox, *command: str, **variables: str) -> Done:
    """Run a program to its end."""
    how = container(image, *command, **variables)
    return subprocess.run(how.words, cwd=how.cwd, env=how.env, capture_output=True, text=True, check=False)


@functools.cache
def can_lock() -> bool:
    """Say whether this machine lets a test make mounts of its own."""
    tried = ["unshare", "--user", "--map-root-user", "--mount", "true"]
    return bool(shutil.which("unshare")) and subprocess.run(tried, capture_output=True, check=False).returncode == 0


def test_the_linter_finds_nothing() -> None:
    hadolint = str(Path(sysconfig.get_path("scripts")) / "hadolint")
    command = [hadolint, "--failure-threshold", "style", str(ROOT / "Dockerfile")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_runs_no_shell_and_is_nobody_s_root() -> None:
    assert IMAGE.last("ENTRYPOINT").words == ["plansync"]
    assert IMAGE.last("CMD").words == ["daemon", "--log-format", "json"]
    assert re.fullmatch(r"[1-9]\d{3,}:0", IMAGE.last("USER").text)
    assert IMAGE.last("STOPSIGNAL").text == "SIGTERM"
    assert IMAGE.last("EXPOSE").text == str(WebSettings().port)
    assert DaemonSettings().grace.total_seconds() == 25


def test_both_stages_stand_on_one_base_that_has_a_version() -> None:
    assert {BUILD.base, IMAGE.base} == {"${PYTHON_IMAGE}"}
    (default,) = re.findall(r"^ARG PYTHON_IMAGE=(.*)$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert re.fullmatch(r"python:3\.\d+-slim-\w+", default)


def test_the_labels_tell_version_and_licence() -> None:
    arguments = dict(one.text.split("=") for one in IMAGE.all("ARG"))
    assert arguments["VERSION"] == plansync.__version__
    labels = dict(re.findall(r'org\.opencontainers\.image\.(\w+)="([^"]*)"', IMAGE.last("LABEL").text))
    assert labels.keys() == {"title", "description", "licenses", "version", "revision"}
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    assert f'description = "{labels["description"]}"' in project
    assert f'license = "{labels["licenses"]}"' in project


def test_everything_that_is_installed_is_pinned_with_hashes() -> None:
    steps = [step for one in BUILD.all("RUN") for step in one.text.split(" && ") if " install " in step]
    for step in steps:
        assert (
            "--require-hashes --requirement requirements/" in step or "--no-index --no-deps /build/dist/*.whl" in step
        )
    assert len(steps) == 3


def test_the_image_s_steps_give_a_plansync_that_syncs_with_everything_else_read_only(image: Sandbox) -> None:
    version = run(image, *IMAGE.last("ENTRYPOINT").words, "--version")
    assert (version.returncode, version.stdout.split()[-1]) == (0, plansync.__version__), version.stderr
    shutil.copytree(ROOT / "examples/plans", image.inside("/plans/plans"))
    written = '[[targets]]\nname = "shop"\nsource = { path = "plans" }\n'
    image.inside("/etc/plansync/plansync.toml").write_text(written, "utf-8")
    for path in ("plansync.toml", ".plansync", "plans"):
        _lead_inside(image, image.inside(f"/srv/plansync/{path}"))
    before = everything(image)
    done = run(image, "plansync", "once")
    assert done.returncode == 0, done.stderr
    assert "17 issues created" in done.stdout
    assert image.inside("/var/lib/plansync/state.db").is_file()
    assert "issues/17" in image.inside("/plans/plans/saved-searches.md").read_text("utf-8")
    assert everything(image) == before
    again = run(image, "plansync", "once")
    assert "nothing to do" in again.stdout, again.stderr


def test_the_image_s_plansync_knows_postgresql_and_git_is_asked_for(image: Sandbox) -> None:
    done = run(image, "python", "-c", "import procrastinate, psycopg; print(psycopg.pq.__impl__)")
    assert done.stdout.strip() == "binary", done.stderr
    assert any("ca-certificates git" in one.text for one in IMAGE.all("RUN"))
    assert run(image, "python", "-m", "pip", "--version").returncode != 0


def test_the_image_s_daemon_is_healthy_and_ends_by_the_signal_that_containers_are_stopped_with(image: Sandbox) -> None:
    words = [*IMAGE.last("ENTRYPOINT").words, *IMAGE.last("CMD").words]
    how = container(image, *words, PLANSYNC_WEB__PORT="0")
    process = subprocess.Popen(how.words, cwd=how.cwd, env=how.env, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    with process:
        try:
            told = next(found for line in process.stderr if (found := re.search(r"http://0\.0\.0\.0:(\d+)", line)))
            checked = run(image, *json.loads(CHECK), PLANSYNC_WEB__PORT=told[1])
        finally:
            process.send_signal(signal.Signals[IMAGE.last("STOPSIGNAL").text])
        process.stderr.read()
        assert process.wait() == 0
    assert checked.returncode == 0, checked.stderr


def _lead_inside(image: Sandbox, link: Path) -> None:
    """Check where a link of the image leads."""
    assert link.is_symlink()
    assert link.readlink().is_relative_to(image.root)


def everything(image: Sandbox) -> dict[str, tuple[int, int]]:
    """Return size and time of every file that a running container must not touch."""
    files = [file for folder in ("opt", "etc", "srv", "bin") for file in image.inside(f"/{folder}").rglob("*")]
    return {str(file): (file.lstat().st_size, file.lstat().st_mtime_ns) for file in files}


@contextmanager
def answering(status: int) -> Iterator[int]:
    """Answer ``/healthz`` with ``status`` and everything else with 404; yields the port."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False), (404, False)])
def test_the_health_check_asks_the_daemon_itself_whatever_the_proxy(status: int, healthy: bool) -> None:
    program, *words = json.loads(CHECK)
    assert program == "python"
    with answering(status) as port:
        proxy = {"http_proxy": "http://192.0.2.1:9", "PLANSYNC_WEB__PORT": str(port)}
        command = [sysconfig.get_path("scripts") + "/python", "-I", *words]
        done = subprocess.run(command, env=os.environ | proxy, capture_output=True, check=False)
    assert (done.returncode == 0) is healthy


def test_the_health_check_fails_where_nobody_answers() -> None:
    with answering(200) as port:
        pass
    command = [sysconfig.get_path("scripts") + "/python", "-I", *json.loads(CHECK)[1:]]
    done = subprocess.run(command, env=os.environ | {"PLANSYNC_WEB__PORT": str(port)}, capture_output=True, check=False)
    assert done.returncode != 0
