"""Bad input: one clear line with a hint, the right exit code, nothing lost, and the other plans go on."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.folder import snapshot
from tests.support.shell import Done, Shell

PLAN = """# Implementation Plan: {title}

**Feature ID:** {id}
**Status:** Draft

## 5. Implementation Phases

### Phase 1: Build

- **Goal:** It stands
- **Tasks:**
{tasks}
"""
GOOD, BAD = "plans/good.md", "plans/bad.md"
TRACKER, STATE = ".plansync/tracker.db", ".plansync/state.db"
LIMIT = 5 * 1024 * 1024

# A process of root may read and write everything; without these two capabilities it may do what its modes say.
ORDINARY_USER = (
    sys.executable,
    "-c",
    "import ctypes, os, sys\n"
    "drop = lambda n: os.geteuid() == 0 and ctypes.CDLL(None, use_errno=True).prctl(24, n, 0, 0, 0)\n"
    "sys.exit(77) if drop(1) or drop(2) else os.execv(sys.argv[1], sys.argv[1:])",
)


def room_for(size: int) -> tuple[str, ...]:
    """Return what to start a command with, so that no file of its may grow beyond ``size`` bytes: a disk that is full.

    Coverage is not measured there: its own file would not fit either.
    """
    code = (
        "import os, resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0}))\n"
        "rest = {{name: value for name, value in os.environ.items() if not name.startswith('COVERAGE_')}}\n"
        "os.execve(sys.argv[1], sys.argv[1:], rest)"
    )
    return (sys.executable, "-c", code.format(size))


def plan(number: int, tasks: int = 2) -> str:
    """Return a plan with a Feature ID and task texts of its own."""
    lines = (f"  - [ ] Lay stone {at} of wall {number}" for at in range(1, tasks + 1))
    return PLAN.format(title=f"Wall {number}", id=f"{number:03}-wall", tasks="\n".join(lines))


@pytest.fixture
def project(plansync: Shell) -> Shell:
    """A folder with one good plan."""
    plansync.write(GOOD, plan(1))
    return plansync


def assert_told(done: Done, *parts: str) -> None:
    """Check that stderr is one line with all ``parts``, and a hint."""
    told, *hints = done.stderr.splitlines()
    assert told.startswith("plansync: ")
    assert [part for part in parts if part not in told] == []
    assert [hint[:6] for hint in hints] == ["hint: "]


def assert_good_is_synced(project: Shell) -> None:
    """Check that the good plan has its links, whatever became of the other."""
    assert project.read(GOOD).count("](http://127.0.0.1:8484/issues/") == 2


# ---------------------------------------------------------------------------------------------------- plan files


class BadFile(NamedTuple):
    """What stands in place of a plan, and what is said about it."""

    make: Callable[[Path], object]
    told: str


BAD_FILES = {
    "dangling link": BadFile(lambda path: path.symlink_to("nowhere.md"), ": PS103 "),
    "loop of links": BadFile(lambda path: path.symlink_to(path.name), ": PS103 "),
    "named pipe": BadFile(os.mkfifo, ": PS103 it is no regular file"),
    "not UTF-8": BadFile(lambda path: path.write_bytes(plan(2).encode() + b"caf\xe9\n"), ":14:4: PS101 "),
    "UTF-16": BadFile(lambda path: path.write_bytes(plan(2).encode("utf-16")), ": PS107 the file is binary"),
    "huge": BadFile(lambda path: path.write_text(plan(2) + "x" * LIMIT), ": PS102 the file has 5,243,"),
    "empty": BadFile(lambda path: path.touch(), ": PS107 the file is empty"),
    "blank": BadFile(lambda path: path.write_text("\n  \n"), ": PS107 "),
    "binary": BadFile(lambda path: path.write_bytes(b"# x\n\0\1\2"), ":2:1: PS107 the file is binary"),
    "conflict markers": BadFile(
        lambda path: path.write_text(plan(2) + "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n"), ": PS105 "
    ),
}


@pytest.mark.parametrize("case", BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_is_named_with_a_hint_left_alone_and_the_other_plans_go_on(case: BadFile, project: Shell) -> None:
    case.make(project.folder / BAD)
    before = os.lstat(project.folder / BAD)
    assert_told(project("once", "--quiet", code=1), BAD, case.told)
    assert_good_is_synced(project)
    assert os.lstat(project.folder / BAD).st_mtime_ns == before.st_mtime_ns
    told = project("once", code=1).stdout
    assert f"{BAD}{case.told}" in told or case.told in told
    assert "    hint: " in told
    assert case.told in project("lint", code=1).stdout
    for command in ("lint", "show"):
        assert BAD in str(project(command, BAD, code=1))


def test_a_plan_without_the_right_to_read_it_is_named(project: Shell) -> None:
    project.write(BAD, plan(2)).chmod(0)
    done = _without_capabilities(project, "once", "--quiet")
    assert_told(done, f"{BAD}:1:1: PS103 the file cannot be read: Permission denied")
    assert_good_is_synced(project)


def test_a_read_only_plan_keeps_its_bytes_and_gets_its_links_later(project: Shell) -> None:
    file = project.write(BAD, plan(2))
    file.chmod(0o444)
    done = _without_capabilities(project, "once", "--quiet")
    assert_told(done, BAD, "cannot be written: the file is read-only")
    assert file.read_text() == plan(2)
    assert_good_is_synced(project)
    file.chmod(0o644)
    project("once")
    assert file.read_text().count("/issues/") == 2
    assert project("local", "list").stdout.count("\n") == 4


def _without_capabilities(project: Shell, *arguments: str) -> Done:
    """Run one command that must end with 1, with no more rights than file modes give."""
    if os.geteuid() != 0:
        return project(*arguments, code=1)
    if sys.platform != "linux":
        pytest.skip("root may do everything here")
    return project.process(*arguments, code=1, command=ORDINARY_USER)


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        (("once", "plans/gone.md"), 1, "plans/gone.md: no such file"),
        (("preview", "plans/gone.md"), 1, "plans/gone.md: no such file"),
        (("lint", "plans/gone.md"), 1, "plans/gone.md: no such file"),
        (("show", "plans/gone.md"), 1, "plans/gone.md: no such file"),
        (("once", "plans"), 2, "plans is a folder, not a plan"),
        (("show", "plans"), 2, "plans is a folder, not a plan"),
    ],
)
def test_a_plan_that_is_missing_or_a_folder_stops_a_run_that_names_it(
    command: tuple[str, ...], code: int, told: str, project: Shell
) -> None:
    assert_told(project(*command, code=code), told)
    assert snapshot(project.folder / "plans") == {"good.md": plan(1).encode()}


def test_a_folder_that_is_called_like_a_plan_is_none(project: Shell) -> None:
    (project.folder / "plans/folder.md").mkdir()
    project("once")
    assert_good_is_synced(project)


def test_two_plans_with_one_feature_id_are_both_synced_and_told_about(project: Shell) -> None:
    project("once")
    written = project.read(GOOD)
    project.write("plans/another.md", plan(1).replace("Lay stone", "Paint stone"))
    told = project("once").stdout
    assert "plans/another.md: Feature ID 001-wall is another plan's, so this one is '001-wall@plans/another.md'" in told
    assert project.read(GOOD) == written
    assert project("local", "list").stdout.count("\n") == 4
    linted = project("lint", "--verbose", code=1).stdout
    assert "PS505 Feature ID 001-wall is also claimed by plans/another.md" in linted
    assert "    hint: Give each plan its own Feature ID" in linted


# ------------------------------------------------------------------------------------------------- configuration


BAD_CONFIGURATIONS = {
    "broken TOML": ("[limits]\ncreates =\n", ["is not TOML", "line 2"]),
    "unknown key": (
        "[limits]\ncreate = 3\n",
        ['limits.create: unknown key; did you mean "creates"?', "Known here: ", "plan_bytes"],
    ),
    "unknown table": ("[limit]\ncreates = 3\n", ['limit: unknown key; did you mean "limits"?', "Known here: "]),
    "wrong type": ('[limits]\ncreates = "many"\n', ["limits.creates: must be a whole number, not 'many'"]),
    "wrong word": ('[sync]\nprogress = "x"\n', ["sync.progress: must be one of 'tasks' or 'milestone', not 'x'"]),
    "wrong duration": ('[limits]\nlease = "soon"\n', ["limits.lease: ", '"30s"']),
    "key of a target": ('[[targets]]\nname = "web"\nsorce = 1\n', ["targets.web.sorce: unknown key", '"source"']),
    "target without a name": ("[[targets]]\nrisks = false\n", ["targets[0].name: is missing"]),
    "branch that is none": (
        '[[targets]]\nname = "web"\nsource = { kind = "github", project = "acme/web", branch = "-f" }\n',
        ["targets.web.source: '-f' cannot be the name of a branch"],
    ),
    "template folder": ('templates = "mine"\n', ["mine: there is no such folder"]),
}


@pytest.mark.parametrize(("text", "told"), BAD_CONFIGURATIONS.values(), ids=BAD_CONFIGURATIONS)
def test_a_bad_configuration_names_file_key_and_what_is_allowed(text: str, told: list[str], project: Shell) -> None:
    file = project.write("plansync.toml", text)
    before = snapshot(project.folder)
    done = project("once", code=2)
    where = [str(file)] if "templates" not in text and "branch" not in text else []
    assert_told(done, *told, *where)
    assert snapshot(project.folder) == before


def test_every_fault_of_a_configuration_has_a_line_of_its_own(project: Shell) -> None:
    file = project.write("plansync.toml", '[limits]\ncreates = "many"\nplan_byte = 3\n[sync]\nrisks = "maybe"\n')
    *faults, hint = project("lint", code=2).stderr.splitlines()
    assert [fault.partition(" must")[0].partition(" unknown")[0] for fault in faults] == [
        f"plansync: {file}: limits.creates:",
        f"plansync: {file}: limits.plan_byte:",
        f"plansync: {file}: sync.risks:",
    ]
    assert hint.startswith("hint: docs/configuration.md explains every key")


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("one\n{{ task.nope }}\n", ["task.md.j2:2: task has no field 'nope'"]),
        ("one\n\n{% if %}\n", ["task.md.j2:3: Expected an expression"]),
        ("{{ text }}", ["task.md.j2:1: 'text' is undefined"]),
    ],
)
@pytest.mark.parametrize("command", ["once", "preview"])
def test_a_broken_template_is_named_with_its_line_and_nothing_is_begun(
    command: str, template: str, told: list[str], project: Shell
) -> None:
    project.write("plansync.toml", 'templates = "mine"\n')
    project.write("mine/issues/task.md.j2", template)
    assert_told(project(command, code=2), str(project.folder / "mine/issues"), *told)
    assert project.read(GOOD) == plan(1)
    project.write("mine/issues/task.md.j2", "Do it: {{ task.text }}")
    project("once")
    assert project("local", "list").stdout.count("\n") == 2


# ------------------------------------------------------------------------------------------- databases and disks


def _spoil(file: Path) -> None:
    file.write_bytes(b"\xaa" * file.stat().st_size)


def _of_the_future(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database, database:
        if file.name == "state.db":
            database.execute("UPDATE alembic_version SET version_num = '9999'")
        else:
            database.execute("PRAGMA user_version = 99")


def _of_somebody_else(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TABLE songs (title TEXT)")


@pytest.mark.parametrize("file", [STATE, TRACKER])
@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (_spoil, "is corrupt or no database"),
        (_of_the_future, "was made by a newer plansync"),
        (_of_somebody_else, "is the database of another program"),
    ],
)
def test_a_database_that_cannot_be_used_is_left_as_it_is(
    harm: Callable[[Path], None], told: str, file: str, project: Shell
) -> None:
    project("once")
    kept, written = (project.folder / file).read_bytes(), project.read(GOOD)
    harm(project.folder / file)
    spoilt = (project.folder / file).read_bytes()
    project.write(GOOD, written + "\nA word more.\n")
    assert_told(project("once", "--quiet", code=1), str(project.folder / file), told)
    assert (project.folder / file).read_bytes() == spoilt
    assert project.read(GOOD) == written + "\nA word more.\n"
    (project.folder / file).write_bytes(kept)
    assert "nothing to do" in project("once").stdout


def test_a_corrupt_state_database_may_be_moved_away(project: Shell) -> None:
    project("once")
    _spoil(project.folder / STATE)
    assert "Move the file away and run again" in project("status", code=1).stderr
    (project.folder / STATE).unlink()
    written = project.read(GOOD)
    project("once")
    assert project.read(GOOD) == written
    assert project("local", "list").stdout.count("\n") == 2


def test_a_locked_state_database_is_waited_for_and_named(project: Shell) -> None:
    project("once")
    with closing(sqlite3.connect(project.folder / STATE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert_told(project("once", "--quiet", code=1), f"{STATE} is locked by another process")
        assert "In step" in project("preview").stdout
    project("once")


def test_a_full_disk_leaves_the_plan_as_it_was_and_the_next_run_finishes(project: Shell) -> None:
    big = plan(2) + "\n## 9. Notes\n\n" + ("All that was ever said about walls. " * 40 + "\n\n") * 700
    file = project.write("plans/big.md", big)
    done = project.process("once", "--quiet", code=1, command=room_for(1_000_000))
    assert_told(done, "plans/big.md", "cannot be written: disk full")
    assert file.read_text() == big
    assert [path.name for path in (project.folder / "plans").iterdir() if path.name.startswith(".")] == []
    assert_good_is_synced(project)
    project("once")
    assert file.read_text().count("/issues/") == 2
    assert project("local", "list").stdout.count("\n") == 4


@pytest.mark.parametrize("room", [20_000, 60_000])
def test_a_disk_too_full_for_the_databases_loses_nothing(room: int, project: Shell) -> None:
    done = project.process("once", "--quiet", code=1, command=room_for(room))
    assert_told(done, ".plansync/")
    assert project.read(GOOD) == plan(1)
    project("once")
    assert_good_is_synced(project)
    assert project("local", "list").stdout.count("\n") == 2


# -------------------------------------------------------------------------------------------------------- Ctrl-C


def test_ctrl_c_in_the_middle_is_one_line_and_the_next_run_goes_on_without_duplicates(project: Shell) -> None:
    project.write(BAD, plan(2, tasks=150))
    running = project.start("once")
    assert running.stderr is not None
    while "created issue #20 " not in (line := running.stderr.readline()):
        assert line, "it ended before it could be interrupted"
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 130
    told = [line for line in err.splitlines() if "created " not in line]
    assert told == ["plansync: interrupted", "hint: what was done is recorded; the next run goes on from there"]
    made = project("local", "list").stdout.splitlines()
    assert 20 <= len(made) < 152
    project("once")
    titles = [line.split("Lay ")[1] for line in project("local", "list").stdout.splitlines()]
    assert len(titles) == len(set(titles)) == 152
    assert project.read(BAD).count("/issues/") == 150
    assert "nothing to do" in project("once").stdout
