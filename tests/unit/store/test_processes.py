"""Telling a living holder from a dead one, and from one of which nothing can be told."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from plansync.store.processes import is_dead, this_process


@pytest.fixture
def child() -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Return a process that waits, and its holder string."""
    code = (
        "import sys; from plansync.store.processes import this_process as t; print(t(), flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
        process.kill()


def test_a_holder_names_host_process_and_start() -> None:
    host, pid, started = this_process().rsplit(":", 2)
    assert host
    assert pid == str(os.getpid())
    assert started


def test_this_process_lives() -> None:
    assert not is_dead(this_process())


def test_a_process_is_dead_once_it_was_killed_even_before_its_parent_looked(
    child: tuple["subprocess.Popen[str]", str],
) -> None:
    process, holder = child
    assert not is_dead(holder)
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert is_dead(holder)
    process.wait()
    assert is_dead(holder)


def test_a_pid_that_another_process_has_now_is_dead() -> None:
    host, pid, started = this_process().rsplit(":", 2)
    ticks, world = started.split("@")
    assert is_dead(f"{host}:{pid}:{int(ticks) - 1}@{world}")


def test_of_another_host_or_another_boot_nothing_can_be_told() -> None:
    host, _, started = this_process().rsplit(":", 2)
    ticks, world = started.split("@")
    assert not is_dead(f"another-{host}:999999999:{ticks}@{world}")
    assert not is_dead(f"{host}:999999999:{ticks}@00000000")
    assert is_dead(f"{host}:999999999:{ticks}@{world}")


@pytest.mark.parametrize("holder", ["", "host", "host:12", "host:pid:start", f"{os.uname().nodename}:x:1"])
def test_a_holder_that_cannot_be_read_counts_as_living(holder: str) -> None:
    assert not is_dead(holder)
