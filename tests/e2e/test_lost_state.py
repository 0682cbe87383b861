"""A state database or a ``tracker.db`` cut short, or with bits the other way round: what people see, and the way out.

Whatever is damaged: no traceback, one line with a hint where a run cannot go on, and then not a byte of the plans
changes. Not every bit shows; where none does, the run goes on, and opens nothing twice.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.test_bad_input import GOOD, STATE, TRACKER, assert_told, plan
from tests.support.shell import Done, Shell

TASKS = 4
KINDS = ("a bit", "many bits", "letters")
COMMANDS = (("status",), ("preview",), ("history",), ("explain", "Lay stone 1 of wall 1"), ("local", "list"))


@pytest.fixture
def project(plansync: Shell) -> Shell:
    """A folder whose plan is in step, one of its tasks done, and a word more in it since."""
    plansync.write(GOOD, plan(1, TASKS))
    plansync("once")
    plansync.write(GOOD, plansync.read(GOOD).replace("[ ]", "[x]", 1))
    plansync("once")
    plansync.write(GOOD, plansync.read(GOOD) + "\nA word more.\n")
    return plansync


def flip(data: bytes, kind: str, seed: int) -> bytes:
    """Return ``data`` with one bit the other way round, with many, or with some of those that are letters."""
    chance = random.Random(seed)
    spoilt = bytearray(data)
    letters = [at for at, byte in enumerate(data) if byte in range(32, 127) and at > 100]
    places, count = {"a bit": (range(len(data)), 1), "many bits": (range(len(data)), 200), "letters": (letters, 8)}[
        kind
    ]
    for _ in range(count):
        spoilt[chance.choice(places)] ^= 1 << chance.randrange(8)
    return bytes(spoilt)


def cut(data: bytes, share: float) -> bytes:
    """Return the first part of ``data``."""
    return data[: int(len(data) * share)]


def is_told(done: Done, *parts: str) -> bool:
    """Say whether a command ended with an error, which is then told in one line with a hint."""
    assert done.returncode in {0, 1}, done.stderr
    assert "Traceback" not in done.stderr
    if done.returncode:
        assert_told(done, *parts)
    return done.returncode == 1


def check_each_once(project: Shell) -> None:
    """Check that there is one issue for each task, and that another run finds nothing to do."""
    assert project("local", "list", "--all").stdout.count("Lay stone") == TASKS
    before = project.read(GOOD)
    assert before.count("](http://127.0.0.1:8484/issues/") == TASKS
    assert before.count("[x]") == 1
    project("once")
    assert project.read(GOOD) == before


def spoil(project: Shell, file: str, harm: Callable[[bytes], bytes]) -> bool:
    """Do ``harm`` to a database and look at it with every command; say whether ``once`` could not go on."""
    path, before = project.folder / file, project.read(GOOD)
    path.write_bytes(harm(path.read_bytes()))
    for command in COMMANDS:
        is_told(project(*command, code=None), file)
    is_stopped = is_told(project("once", "--quiet", code=None), file)
    assert project.read(GOOD) == before
    return is_stopped


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(5))
def test_a_state_database_with_flipped_bits_may_be_deleted(project: Shell, kind: str, seed: int) -> None:
    if spoil(project, STATE, lambda data: flip(data, kind, seed)):
        (project.folder / STATE).unlink()
        project("once")
    check_each_once(project)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_state_database_that_was_cut_short_may_be_deleted(project: Shell, share: float) -> None:
    assert spoil(project, STATE, lambda data: cut(data, share))
    (project.folder / STATE).unlink()
    project("once")
    check_each_once(project)


def test_an_empty_state_database_is_made_anew(project: Shell) -> None:
    assert not spoil(project, STATE, lambda data: b"")
    check_each_once(project)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(5))
def test_a_tracker_with_flipped_bits_is_told_and_may_be_restored(project: Shell, kind: str, seed: int) -> None:
    kept = (project.folder / TRACKER).read_bytes()
    spoil(project, TRACKER, lambda data: flip(data, kind, seed))
    (project.folder / TRACKER).write_bytes(kept)
    project("once")
    check_each_once(project)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_tracker_that_was_cut_short_is_told_and_may_be_restored(project: Shell, share: float) -> None:
    kept = (project.folder / TRACKER).read_bytes()
    assert spoil(project, TRACKER, lambda data: cut(data, share))
    (project.folder / TRACKER).write_bytes(kept)
    project("once")
    check_each_once(project)


@pytest.mark.parametrize("file", [STATE, TRACKER])
def test_damage_is_one_line_of_a_process(project: Shell, file: str) -> None:
    before = project.read(GOOD)
    path = project.folder / file
    path.write_bytes(flip(path.read_bytes(), "many bits", 1))
    assert_told(project.process("once", "--quiet", code=1), file)
    assert project.read(GOOD) == before


def test_what_a_killed_process_left_beside_a_deleted_state_database_does_no_harm(project: Shell) -> None:
    path = project.folder / STATE
    log = Path(f"{path}-wal")
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_autocheckpoint = 0")
        with database:
            database.execute("UPDATE plans SET gate = 'another'")
        left = log.read_bytes()
    assert left
    path.unlink()
    log.write_bytes(left)
    project("once")
    check_each_once(project)


def test_a_state_database_of_a_newer_version_may_be_moved_away(project: Shell) -> None:
    with closing(sqlite3.connect(project.folder / STATE)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    before = project.read(GOOD)
    done = project("once", "--quiet", code=1)
    assert_told(done, STATE, "was made by a newer plansync (revision 9999")
    assert "move the database away" in done.stderr
    assert project.read(GOOD) == before
    (project.folder / STATE).rename(project.folder / "state.newer.db")
    project("once")
    check_each_once(project)
