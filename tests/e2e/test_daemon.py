"""``plansync daemon`` as a process: in step by its schedule, with signals, a kill, and a target that fails."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support.hosted_shell import WEB, Kind, hosted_shell
from tests.support.shell import Shell

ROOT = Path(__file__).parents[2]
SAMPLE = (ROOT / "examples/plans/saved-searches.md").read_text("utf-8")
PLAN = """\
# Small

**Status**: Planned

## Implementation Phases

### Phase 1: Base

- [ ] Make the table
- [ ] Write the job
"""
FILE = "plans/plan.md"
MADE = 12 + 5 + 3
DEADLINE = 60.0


def config(*targets: str, interval: str = "1s", **tables: str) -> str:
    """Return a plansync.toml with local targets; ``tables`` are lines of further ones."""
    text = "".join(f'[[targets]]\nname = "{name}"\n' for name in targets or ("web",))
    text += f'[schedule]\ninterval = "{interval}"\njitter = 0\n'
    return text + "".join(f"[{name}]\n{lines}\n" for name, lines in tables.items())


@dataclass
class Daemon:
    """A running daemon and every line that it logged."""

    process: subprocess.Popen[str]
    lines: list[dict[str, Any]] = field(default_factory=list)

    def read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(json.loads(line))

    def said(self, text: str, **fields: str) -> list[dict[str, Any]]:
        """Return the lines with ``text`` and these fields."""
        return [line for line in tuple(self.lines) if text in line["event"] and fields.items() <= line.items()]

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def ends(self, code: int = 0) -> None:
        assert self.process.wait(DEADLINE) == code, self.lines


@contextmanager
def running(shell: Shell, *options: str) -> Iterator[Daemon]:
    """Run a daemon until the test is over; it logs JSON."""
    process = shell.start("--log-format", "json", *options, "daemon")
    daemon = Daemon(process)
    reader = threading.Thread(target=daemon.read, daemon=True)
    reader.start()
    try:
        yield daemon
    finally:
        process.kill()
        process.wait()
        reader.join()
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.read() == ""
        process.stdout.close()
        process.stderr.close()


def until(is_so: Callable[[], object], daemon: Daemon | None = None) -> None:
    """Look again and again until it is so."""
    deadline = time.monotonic() + DEADLINE
    while not is_so():
        lines = daemon.lines if daemon is not None else ()
        assert time.monotonic() < deadline, "\n".join(map(str, lines))
        time.sleep(0.02)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    made = Shell(tmp_path)
    made.write("plansync.toml", config())
    made.write(FILE, PLAN)
    return made


def is_linked(shell: Shell, links: int = 2, file: str = FILE) -> bool:
    """Say whether the plan has so many links to issues."""
    return shell.read(file).count("](http://127.0.0.1:8484/issues/") >= links


def titles(shell: Shell) -> Counter[str]:
    """Return how often each title of an issue or milestone is there."""
    with closing(sqlite3.connect(shell.folder / ".plansync/tracker.db")) as connection:
        found = connection.execute("select title from issues union all select title from milestones").fetchall()
    return Counter(title for (title,) in found)


def has_made(shell: Shell, number: int) -> bool:
    """Say whether so many issues and milestones are there."""
    try:
        return sum(titles(shell).values()) >= number
    except sqlite3.OperationalError:
        return False


def is_at_work(shell: Shell) -> bool:
    """Say whether a change is being carried out."""
    try:
        with closing(sqlite3.connect(shell.folder / ".plansync/state.db")) as connection:
            return bool(connection.execute("select count(*) from intents").fetchone()[0])
    except sqlite3.OperationalError:
        return False


def test_it_syncs_at_its_start_and_again_when_its_time_has_come(shell: Shell) -> None:
    with running(shell) as daemon:
        until(lambda: is_linked(shell), daemon)
        shell("local", "close", "1")
        until(lambda: "- [x] Make the table" in shell.read(FILE), daemon)
        until(lambda: "**Status**: In Progress" in shell.read(FILE), daemon)
        shell.write(FILE, shell.read(FILE) + "- [ ] Tell the users\n")
        until(lambda: is_linked(shell, 3), daemon)
        until(lambda: daemon.said("1 issue created", target="web", trigger="schedule"), daemon)
        daemon.signal(signal.SIGINT)
        daemon.ends()
    first = daemon.said("2 issues created", target="web", trigger="start")
    assert len(first) == 1
    assert first[0]["run"]
    assert daemon.said("started: 1 target, web (local); every 1s")
    assert daemon.lines[-1]["event"] == "ended"
    assert "nothing to do" in shell("once").stdout


def test_quiet_runs_are_told_only_when_asked(shell: Shell) -> None:
    shell("once")
    with running(shell, "--verbose") as daemon:
        until(lambda: daemon.said("nothing to do", trigger="schedule"), daemon)
        shell.write(FILE, shell.read(FILE) + "- [ ] Tell the users\n")
        until(lambda: daemon.said("created issue #3 Tell the users", trigger="schedule", target="web"), daemon)
    with running(shell) as daemon:
        shell("local", "close", "1")
        until(lambda: daemon.said("1 box changed"), daemon)
    assert not daemon.said("nothing to do")


SLOWLY = """
import os, sys, time
from plansync.trackers.local.tracker import LocalTracker
at_once = LocalTracker.apply
def slowly(self, change):
    time.sleep(float(os.environ.get("DELAY", "0.1")))
    return at_once(self, change)
LocalTracker.apply = slowly
from plansync.cli.main import main
main()
"""


@dataclass(frozen=True)
class SlowShell(Shell):
    """Runs plansync with a tracker that takes a tenth of a second for each change."""

    @staticmethod
    def command(*arguments: str) -> list[str]:
        return [sys.executable, "-c", SLOWLY, *arguments]


@pytest.fixture
def slow(tmp_path: Path) -> Shell:
    made = SlowShell(tmp_path, {"PYTHONPATH": str(ROOT)})
    made.write("plansync.toml", config())
    made.write(FILE, SAMPLE)
    return made


def assert_that_all_is_there_once(shell: Shell) -> None:
    found = titles(shell)
    assert (len(found), max(found.values())) == (MADE, 1)
    assert shell.read(FILE).count("](http://127.0.0.1:8484/") == MADE


def test_it_ends_between_two_steps_and_the_next_start_does_the_rest(slow: Shell) -> None:
    with running(slow) as daemon:
        until(lambda: has_made(slow, 5), daemon)
        daemon.signal(signal.SIGTERM)
        begun = time.monotonic()
        daemon.ends()
        assert time.monotonic() - begun < 20
    made = sum(titles(slow).values())
    assert made < MADE
    links = slow.read(FILE).count("](http://127.0.0.1:8484/")
    assert links == made, "what was made is linked"
    with closing(sqlite3.connect(slow.folder / ".plansync/state.db")) as connection:
        assert connection.execute("select count(*) from intents where settled = 0").fetchone() == (0,)
        assert connection.execute("select target, attempt from waiting").fetchall() == [("web", 0)]
        assert connection.execute("select count(*) from running").fetchone() == (0,)
    with running(slow) as daemon:
        until(lambda: is_linked(slow, MADE - 3), daemon)
        daemon.signal(signal.SIGTERM)
        daemon.ends()
    assert_that_all_is_there_once(slow)


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_it_ends_between_two_steps_while_it_waits_for_its_turn_on_a_host(plansync: Shell, kind: Kind) -> None:
    with hosted_shell(kind, plansync) as site:
        site.shell.write(WEB, SAMPLE)
        paced = site.shell.given(PLANSYNC_PACING__WRITE_INTERVAL="0.5")
        with running(paced) as daemon:
            until(lambda: site.server.writes > 6, daemon)
            daemon.signal(signal.SIGTERM)
            daemon.ends()
            assert site.links(WEB) < MADE - 3
        with running(site.shell) as daemon:
            until(lambda: site.links(WEB) >= MADE - 3, daemon)
            daemon.signal(signal.SIGTERM)
            daemon.ends()
        numbers = re.findall(r"/(?:issues|work_items)/(\d+)\)", site.shell.read(WEB))
        assert sorted(map(int, numbers)) == list(range(1, MADE - 2)), "no issue was opened twice"


def test_what_does_not_end_within_the_grace_is_left_to_the_next_start(slow: Shell) -> None:
    slow.write("plansync.toml", config(daemon="grace = 0"))
    with running(slow.given(DELAY="4")) as daemon:
        until(lambda: has_made(slow, 1), daemon)
        daemon.signal(signal.SIGTERM)
        daemon.ends(1)
    assert daemon.said("did not end in time")
    slow("once")
    assert_that_all_is_there_once(slow)


def test_a_second_signal_ends_it_at_once(slow: Shell) -> None:
    slow.write("plansync.toml", config(daemon="grace = 300"))
    with running(slow.given(DELAY="300")) as daemon:
        until(lambda: is_at_work(slow), daemon)
        daemon.signal(signal.SIGTERM)
        until(lambda: daemon.said("ending"), daemon)
        daemon.signal(signal.SIGTERM)
        daemon.ends(-signal.SIGTERM)


def test_after_a_kill_in_the_middle_the_next_start_makes_nothing_twice(slow: Shell) -> None:
    for made in (4, 11):
        with running(slow) as daemon:
            until(partial(has_made, slow, made), daemon)
            daemon.process.kill()
    with running(slow) as daemon:
        until(lambda: is_linked(slow, MADE - 3), daemon)
        until(lambda: daemon.said("created", target="web"), daemon)
    assert_that_all_is_there_once(slow)


def test_two_daemons_on_one_state_make_everything_once(slow: Shell) -> None:
    with running(slow) as first, running(slow) as second:
        until(lambda: is_linked(slow, MADE - 3), first)
        for daemon in (first, second):
            daemon.signal(signal.SIGTERM)
            daemon.ends()
    assert_that_all_is_there_once(slow)
    assert not [line for line in (*first.lines, *second.lines) if line["level"] == "error"]


def halt_between_writes(shell: Shell, daemon: Daemon) -> None:
    """Stop the daemon while it writes to neither of its databases, which would hold up whoever else wants to."""

    def is_free(name: str) -> bool:
        with closing(sqlite3.connect(shell.folder / ".plansync" / name, timeout=0)) as connection:
            try:
                connection.execute("begin immediate")
            except sqlite3.OperationalError:
                return False
            return True

    def is_halted() -> bool:
        daemon.signal(signal.SIGSTOP)
        os.waitpid(daemon.process.pid, os.WUNTRACED)
        if is_free("state.db") and is_free("tracker.db"):
            return True
        daemon.signal(signal.SIGCONT)
        return False

    until(is_halted, daemon)


def test_once_beside_a_daemon_at_work_says_whom_it_waits_for_and_makes_nothing_twice(slow: Shell) -> None:
    with running(slow) as daemon:
        until(lambda: has_made(slow, 4), daemon)
        halt_between_writes(slow, daemon)
        with slow.start("once") as once:
            assert once.stdout is not None and once.stderr is not None
            assert f": waiting up to 2 min: process {daemon.process.pid} on " in once.stderr.readline()
            daemon.signal(signal.SIGCONT)
            assert "nothing to do" in once.communicate(timeout=DEADLINE)[0]
        assert_that_all_is_there_once(slow)
        daemon.signal(signal.SIGTERM)
        daemon.ends()
    assert not [line for line in daemon.lines if line["level"] == "error"]


def test_a_daemon_and_runs_by_hand_take_turns_and_nobody_complains(slow: Shell) -> None:
    with running(slow) as daemon:
        until(lambda: is_linked(slow, MADE - 3), daemon)
        slow("local", "close", "1")
        runs = [slow.start("once") for _ in range(3)]
        said = [run.communicate(timeout=DEADLINE) for run in runs]
        assert [run.returncode for run in runs] == [0, 0, 0], said
        assert "- [x] Create the `saved_search` table" in slow.read(FILE)
        daemon.signal(signal.SIGTERM)
        daemon.ends()
    assert_that_all_is_there_once(slow)
    assert not [line for line in daemon.lines if line["level"] in {"error", "warning"}]


def test_hangup_reads_the_configuration_again_and_a_bad_one_changes_nothing(shell: Shell) -> None:
    with running(shell) as daemon:
        until(lambda: is_linked(shell), daemon)
        shell.write("plansync.toml", "[[targets]]\nname = 3\n")
        daemon.signal(signal.SIGHUP)
        until(lambda: daemon.said("the configuration was not taken over", level="error"), daemon)
        shell.write("plansync.toml", config(interval="1s", daemon="workers = 0"))
        shell.write(FILE, shell.read(FILE) + "- [ ] Tell the users\n")
        until(lambda: is_linked(shell, 3), daemon)
        shell.write("other/plans/b.md", PLAN.replace("Small", "Other"))
        two = config("web", "core").replace(
            'name = "core"\n',
            'name = "core"\nsource = { path = "other" }\ntracker = { kind = "local", path = ".plansync/core.db" }\n',
        )
        shell.write("plansync.toml", two.replace('name = "web"\n', 'name = "web"\nquestions = true\n'))
        daemon.signal(signal.SIGHUP)
        until(lambda: is_linked(shell, 2, "other/plans/b.md"), daemon)
        daemon.signal(signal.SIGTERM)
        daemon.ends()
    assert daemon.said("configuration read again: 2 targets, web (local), core (local); every 1s")


def test_a_target_that_fails_is_tried_again_and_holds_up_no_other(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    shell.write("other/plans/b.md", PLAN.replace("Small", "Other"))
    far = f'source = {{ path = "other" }}\ntracker = {{ kind = "gitlab", project = "a/b", api_url = "http://127.0.0.1:{port}" }}\n'
    shell.write("plansync.toml", config("far", "web", daemon="workers = 1").replace('"far"\n', f'"far"\n{far}'))
    token = "glpat-" + "x" * 20
    with running(shell.given(PLANSYNC_TOKEN_FAR=token)) as daemon:
        until(lambda: is_linked(shell), daemon)
        until(lambda: daemon.said("", target="far", level="error"), daemon)
        shell("local", "close", "1", "--target", "web")
        until(lambda: "- [x] Make the table" in shell.read(FILE), daemon)
        until(lambda: len(daemon.said("again in about", target="far", level="error")) >= 2, daemon)
        daemon.signal(signal.SIGTERM)
        daemon.ends()
    assert token not in json.dumps(daemon.lines)


def test_a_plan_with_an_error_is_told_with_its_name(shell: Shell) -> None:
    (shell.folder / "plans/bad.md").write_bytes(b"# Bad\n\xff\xfe\x00")
    with running(shell) as daemon:
        until(lambda: daemon.said("", plan="plans/bad.md", level="error", target="web"), daemon)
        until(lambda: is_linked(shell), daemon)


def test_a_state_database_that_is_lost_for_a_while_is_told_and_then_everything_goes_on(shell: Shell) -> None:
    with running(shell) as daemon:
        until(lambda: is_linked(shell), daemon)
        with closing(sqlite3.connect(shell.folder / ".plansync/state.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            until(lambda: daemon.said("trying again until it is back", level="error"), daemon)
            other.execute("ROLLBACK")
        until(lambda: daemon.said("the state database is back"), daemon)
        shell("local", "close", "1")
        until(lambda: "- [x] Make the table" in shell.read(FILE), daemon)
        daemon.signal(signal.SIGTERM)
        daemon.ends()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[schedule]\ncron = "61 * * * *"\n', "schedule.cron"),
        ('[schedule]\ncron = "* * * * *"\ntimezone = "Mars/Base"\n', "schedule.timezone"),
        ("[schedule]\ninterval = 0\n", "schedule.interval"),
    ],
)
def test_a_schedule_that_cannot_be_is_a_configuration_error(shell: Shell, text: str, told: str) -> None:
    shell.write("plansync.toml", text)
    done = shell("daemon", code=2)
    assert told in done.stderr
    assert "hint:" in done.stderr
    assert not (shell.folder / ".plansync").exists()


def test_a_state_database_that_cannot_be_opened_ends_it_with_one(shell: Shell) -> None:
    shell.write(".plansync/state.db", "this is no database, though it is long enough to be taken for one" * 20)
    assert "state database" in shell("daemon", code=1).stderr
    (line,) = shell("--log-format", "json", "daemon", code=1).stderr.splitlines()
    assert json.loads(line)["level"] == "error"
