"""What the page on operating tells people to type can be typed: programs, options, services, files and names are there."""

from __future__ import annotations

import re
import shlex
import shutil
import sqlite3
import subprocess
import sysconfig
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
import typer
import yaml

from plansync.cli.main import app
from tests.deploy.test_compose import services
from tests.deploy.test_kubernetes import all_objects, kustomization
from tests.docs.test_readme import blocks

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/operating.md"
TEXT = PAGE.read_text("utf-8")
SCRIPTS = Path(sysconfig.get_path("scripts"))
LINES = [line for block in blocks(PAGE, "") for line in block.splitlines()]
IN_TEXT = re.findall(r"`((?:docker compose|kubectl|plansync|systemctl) [^`]+)`", TEXT)
COMMANDS = list(dict.fromkeys([*LINES, *IN_TEXT]))
UNIT = (ROOT / "config/deploy/systemd/plansync.service").read_text("utf-8")
GROUP = typer.main.get_command(app)


def plansync(words: list[str]) -> None:
    """The command, its options and its sub-commands are there."""
    command, commands = GROUP, getattr(GROUP, "commands", {})
    while words and words[0] in commands:
        command = commands[words.pop(0)]
        commands = getattr(command, "commands", {})
    assert not commands, f"there is no such command: {words}"
    options = {name for parameter in command.get_params(typer.Context(command)) for name in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options


def docker(words: list[str]) -> None:
    """Compose knows sub-command and options, and the services are in the file."""
    if words[0] != "compose":
        assert words[0] in {"build", "push"}
        return
    _, subcommand, *rest = words
    told = subprocess.run(
        [SCRIPTS / "docker-compose", subcommand, "--help"], capture_output=True, text=True, check=True
    )
    known = set(re.findall(r"--[a-z-]+|(?<= )-[A-Za-z]\b", told.stdout))
    plain: list[str] = []
    for at, word in enumerate(rest):
        if subcommand in {"exec", "run"} and plain:
            within(rest[at:])
            break
        if word.startswith("-"):
            assert word.partition("=")[0] in known
        else:
            plain.append(word)
    names = {word.partition("=")[0] for word in plain} - {"HUP"}
    assert names <= services().keys()


def within(words: list[str]) -> None:
    """What is run in a container is one of PostgreSQL's programs, or plansync."""
    program, *rest = words
    assert program in {"pg_dump", "pg_restore", "plansync"}
    if program == "plansync":
        plansync(rest)


def sudo(words: list[str]) -> None:
    """What is prepared is what the unit names, and what is installed lies in the tree."""
    for word in words:
        if re.match(r"(config|requirements)/", word):
            assert (ROOT / word).is_file()
        elif re.match(r"/(opt|etc/plansync|var/lib)", word):
            assert any(part in UNIT for part in (word, str(Path(word).parent)))


def kubectl(words: list[str]) -> None:
    """Namespace, folder and names are those of the manifests."""
    if "--" in words:
        within(words[words.index("--") + 1 :])
        words = words[: words.index("--")]
    named = {
        "namespace": kustomization()["namespace"],
        "kustomize": "config/deploy/kubernetes",
        "filename": "secret.yaml",
    }
    for option, value in pairwise(words):
        if option.startswith("--"):
            assert value == named[option[2:]]
    if words[:2] == ["create", "namespace"]:
        assert words[2:] == [named["namespace"]]
    made = {f"{one['kind'].lower()}/{one['metadata']['name']}" for one in all_objects()}
    assert {word for word in words if re.match(r"[a-z]+/plansync", word)} <= made


def cp(words: list[str]) -> None:
    """What is copied is there."""
    assert (ROOT / words[0]).is_file()


def sqlite(words: list[str]) -> None:
    """A database of plansync's."""
    assert words[0] in {".plansync/state.db", ".plansync/tracker.db"}


def systemctl(words: list[str]) -> None:
    """The unit is there."""
    assert words[0] in {"reload", "restart"}
    assert (ROOT / f"config/deploy/systemd/{words[1]}.service").is_file()


def nothing(_words: list[str]) -> None:
    """Nothing of ours is named."""


CHECKS: dict[str, Callable[[list[str]], None]] = {
    "chmod": nothing,
    "cp": cp,
    "docker": docker,
    "export": nothing,
    "kubectl": kubectl,
    "pip": nothing,
    "plansync": plansync,
    "sqlite3": sqlite,
    "sudo": sudo,
    "systemctl": systemctl,
}


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_page_can_be_typed(line: str) -> None:
    program, *words = shlex.split(re.sub(r" [<>] .*$", "", line))
    if program == "plansync":
        words = [word for word in words if word != "NAME"]
    CHECKS[program](words)


def test_the_backup_of_a_file_in_use_is_whole(tmp_path: Path) -> None:
    (line,) = (line for line in LINES if line.startswith("sqlite3 .plansync/state.db"))
    program, *words = shlex.split(line)
    if shutil.which(program) is None:
        pytest.skip("no sqlite3 here")
    (tmp_path / ".plansync").mkdir()
    with sqlite3.connect(tmp_path / ".plansync/state.db") as used:
        used.execute("PRAGMA journal_mode = WAL")
        used.execute("CREATE TABLE kept (word TEXT)")
        used.execute("INSERT INTO kept VALUES ('here')")
        used.commit()
        subprocess.run([program, *words], cwd=tmp_path, check=True)
    used.close()
    copy = sqlite3.connect(tmp_path / "state.backup.db")
    assert copy.execute("SELECT word FROM kept").fetchall() == [("here",)]
    copy.close()


def metrics() -> set[str]:
    """Return the names of the metrics that the web part has."""
    source = "".join((ROOT / "plansync/web" / name).read_text("utf-8") for name in ("meter.py", "gauges.py"))
    counters = {f"plansync_{name}_total" for name in re.findall(r'_counter\("(\w+)"', source)}
    gauges = {f"plansync_{name}" for name in re.findall(r'_(?:one|family)\("(\w+)"', source)}
    return counters | gauges | set(re.findall(r'"(plansync_\w+)"', source))


def test_every_metric_is_told_and_no_other() -> None:
    table = re.findall(r"^\| (`plansync_.*`) \|", TEXT, re.MULTILINE)
    told = [name for cell in table for name in re.findall(r"`(\w+)`", cell)]
    assert set(told) == metrics()
    assert len(told) == len(set(told))


def test_the_alarms_are_about_metrics_that_there_are() -> None:
    (rules,) = (yaml.safe_load(block) for block in blocks(PAGE, "yaml"))
    for rule in rules["groups"][0]["rules"]:
        named = set(re.findall(r"plansync_\w+", rule["expr"]))
        assert named
        assert named <= metrics()


def test_the_proxy_opens_the_webhooks_alone_and_lets_through_what_is_taken_in() -> None:
    (block,) = blocks(PAGE, "nginx")
    assert re.findall(r"location (\S+)", block) == ["/webhooks/", "/"]
    assert "client_max_body_size 2m;" in block
    assert "proxy_pass http://127.0.0.1:8484;" in block


def test_the_signals_reach_the_services_that_hear_them() -> None:
    lines = [line for line in COMMANDS if "--signal HUP" in line]
    assert {" ".join(line.split()[5:]) for line in lines} == {"daemon worker"}
    assert "ExecReload=kill -HUP $MAINPID" in UNIT
