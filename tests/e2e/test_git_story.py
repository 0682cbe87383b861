"""Plans in a Git repository, by the command line: the whole way, the secret's way, and runs that are killed on it."""

from __future__ import annotations

import base64
import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.servers.githttp import GitHttp, serve_git
from tests.support.example import MAP, PLAN
from tests.support.git_remote import Remote, git
from tests.support.shell import Shell

TOKEN = "canary-0f3c1b7a9d"
ITEMS = 7
"""Tasks and risks of the plan."""
PATH = "plans/parcels.md"
FORMS = [
    TOKEN,
    quote(TOKEN, safe=""),
    *(base64.b64encode(f"{user}{TOKEN}".encode()).decode().rstrip("=") for user in ("", ":", "x-access-token:")),
]


@dataclass
class Story:
    """A remote with a plan, served over HTTP for those who have the token, and the command line in a folder."""

    shell: Shell
    remote: Remote
    site: GitHttp

    def configure(self, url: str = "", more: str = "") -> None:
        url = url or f"{self.site.url}/remote.git"
        self.shell.write(
            "plansync.toml", f'[[targets]]\nname = "web"\nsource = {{ kind = "git", url = "{url}"{more} }}\n'
        )

    def plan(self) -> str:
        return self.remote.read(PATH).decode()

    def change(self, old: str, new: str) -> None:
        assert old in self.plan()
        self.remote.commit({PATH: self.plan().replace(old, new, 1).encode()})


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    (tmp_path / "host").mkdir()
    (tmp_path / "work").mkdir()
    remote = Remote.new(tmp_path / "host/remote.git")
    remote.commit({PATH: PLAN.encode()})
    with serve_git(tmp_path / "host", token=TOKEN) as site:
        made = Story(Shell(tmp_path / "work").given(PLANSYNC_GIT_TOKEN=TOKEN), remote, site)
        made.configure()
        yield made


def test_plans_of_a_repository_are_kept_in_step(story: Story) -> None:
    assert "update" not in story.shell("preview").stderr
    assert not (story.shell.folder / ".plansync").exists()
    story.shell("once")
    assert story.plan().count("](http://127.0.0.1:8484/issues/") == ITEMS
    assert "Plansync-Run: " in git(story.remote.folder, "log", "--max-count=1", "--format=%B", "main")
    tip = story.remote.tip()
    assert "in step, nothing to do" in story.shell("once").stdout
    assert story.remote.tip() == tip
    number = next(line for line in story.plan().splitlines() if MAP in line).split("[#")[1].split("]")[0]
    story.shell("local", "close", number)
    story.change("Parcels are known", "Parcels are known to all")
    story.shell("once")
    assert f"- [x] {MAP}" in story.plan()
    assert "known to all" in story.plan()
    assert PATH in story.shell("status").stdout
    assert story.shell("lint").stdout
    tip = story.remote.tip()
    assert f"{PATH}: not mended: it lies in a repository elsewhere" in story.shell("lint", "--fix").stderr
    assert story.remote.tip() == tip


def test_doctor_looks_at_the_remote(story: Story) -> None:
    done = story.shell("doctor")
    assert f"branch main of {story.site.url}/remote.git is at {story.remote.tip()[:10]}" in done.stdout
    story.site.token = "another"
    assert "no access" in story.shell("doctor", code=1).stdout


def test_a_branch_that_takes_no_push_gets_a_branch_beside_it_to_be_merged(story: Story) -> None:
    story.remote.refuse()
    for _ in range(2):
        done = story.shell("once")
        assert f"waits for review: branch plansync/sync of {story.site.url}/remote.git" in done.stdout
    assert story.plan() == PLAN
    assert story.remote.read(PATH, "plansync/sync").decode().count("/issues/") == ITEMS
    git(story.remote.folder, "update-ref", "refs/heads/main", story.remote.tip("plansync/sync"))
    assert "in step, nothing to do  (" in story.shell("once").stdout
    assert story.remote.tip("plansync/sync") == ""


def test_a_branch_that_takes_no_push_fails_the_run_if_nothing_else_is_wanted(story: Story) -> None:
    story.configure(more=', write = "direct"')
    story.remote.refuse()
    done = story.shell("once", code=1)
    assert "GH006: protected" in done.stdout + done.stderr
    assert story.plan() == PLAN
    (story.remote.folder / "hooks/update").unlink()
    story.shell("once")
    assert story.plan().count("/issues/") == ITEMS


def recording_git(folder: Path, before: str = "", after: str = "") -> Path:
    """Make a ``git`` that writes down its words and its environment's names, and does something at some commands."""
    real = shutil.which("git")
    program = folder / "git"
    folder.mkdir(parents=True, exist_ok=True)
    program.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$*" >> "{folder}/words"\n{before}\n"{real}" "$@"\ncode=$?\n{after}\nexit $code\n'
    )
    program.chmod(0o755)
    return folder


def assert_nowhere(story: Story, *said: str) -> None:
    """The secret is in no output, no file of ours or the host's, and on no command line."""
    files = [file for file in story.shell.folder.parent.rglob("*") if file.is_file()]
    for form in FORMS:
        assert not any(form in text for text in said)
        assert [file for file in files if form.encode() in file.read_bytes()] == []


def with_programs(story: Story, tmp_path: Path) -> Shell:
    """Return a shell whose git writes down its words, and whose hooks and signer write down their environment."""
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("pre-push", "reference-transaction", "post-checkout", "signer"):
        (hooks / name).write_text(f'#!/bin/sh\nenv >> "{tmp_path}/environment"\ncat >/dev/null\nexit 1\n')
        (hooks / name).chmod(0o755)
    config = f"[core]\n\thooksPath = {hooks}\n\tlogAllRefUpdates = always\n[commit]\n\tgpgSign = true\n[gpg]\n\tprogram = {hooks}/signer\n"
    (tmp_path / "gitconfig").write_text(config)
    path = f"{recording_git(tmp_path / 'bin')}:{os.environ['PATH']}"
    return story.shell.given(
        PATH=path, GIT_CONFIG_GLOBAL=str(tmp_path / "gitconfig"), GIT_TRACE="1", GIT_TRACE_CURL="1"
    )


def test_the_secret_is_nowhere_whatever_happens(story: Story, tmp_path: Path) -> None:
    said = []
    shell = with_programs(story, tmp_path)
    done = shell("once", "--verbose", code=1)  # the signer refuses
    said += [done.stdout, done.stderr]
    assert "PLANSYNC" not in (tmp_path / "environment").read_text()
    (tmp_path / "gitconfig").write_text("[core]\n\tlogAllRefUpdates = always\n")
    for code, token in ((1, "other"), (0, TOKEN)):
        story.site.token = token
        done = shell("once", "--verbose", "--log-format", "json", code=code)
        said += [done.stdout, done.stderr]
    assert story.plan().count("/issues/") == ITEMS
    assert "push" in (tmp_path / "bin/words").read_text()
    assert_nowhere(story, *said)


def test_a_local_remote_s_hooks_do_not_get_the_secret(story: Story, tmp_path: Path) -> None:
    hook = story.remote.folder / "hooks/pre-receive"
    hook.parent.mkdir()
    hook.write_text(f'#!/bin/sh\nenv > "{tmp_path}/environment"\n')
    hook.chmod(0o755)
    story.configure(url=str(story.remote.folder))
    story.shell.given(PLANSYNC_TOKEN_WEB=TOKEN, GITHUB_TOKEN=TOKEN)("once")
    assert story.plan().count("/issues/") == ITEMS
    assert "GIT_" in (tmp_path / "environment").read_text()
    assert TOKEN not in (tmp_path / "environment").read_text()


def test_the_secret_does_not_follow_a_redirect_to_another_host(story: Story, tmp_path: Path) -> None:
    with serve_git(tmp_path / "host", token="theirs") as other:
        story.site.moved = other.url.replace("127.0.0.1", "localhost")
        done = story.shell("once", "--verbose", code=1)
    assert other.books
    assert not any("authorization" in headers for _, _, headers in other.books)
    assert_nowhere(story, done.stdout, done.stderr)


def test_the_token_of_a_tracker_elsewhere_is_not_for_the_repository(story: Story) -> None:
    tracker = 'tracker = { kind = "github", project = "acme/web", api_url = "http://127.0.0.1:1/api/v3" }\n'
    story.shell.write("plansync.toml", story.shell.read("plansync.toml") + tracker)
    shell = Shell(story.shell.folder).given(PLANSYNC_TOKEN_WEB=TOKEN)
    done = shell("lint", code=None)
    assert done.returncode == 1
    assert not any("authorization" in headers for _, _, headers in story.site.books)


MOMENTS = [
    ("init", "after"),
    ("fetch", "before"),
    ("fetch", "after"),
    ("hash-object", "after"),
    ("commit-tree", "after"),
    ("push", "before"),
    ("push", "after"),
    ("update-ref", "before"),
]


@pytest.mark.parametrize(("command", "when"), MOMENTS)
def test_a_run_that_is_killed_at_any_command_of_git_is_finished_by_the_next(
    command: str, when: str, story: Story, tmp_path: Path
) -> None:
    kill = f'case " $* " in *" {command} "*) kill -9 $PPID; exit 1 ;; esac'
    folder = recording_git(tmp_path / "bin", **{when: kill})
    killed = story.shell.given(PATH=f"{folder}:{os.environ['PATH']}").start("once")
    killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL
    story.shell("once")
    assert story.plan().count("/issues/") == ITEMS
    assert len(story.shell("local", "list").stdout.splitlines()) >= ITEMS
    issues = [line for line in story.shell("local", "list").stdout.splitlines() if "#" in line]
    assert len(issues) == len(set(issues))
    assert git(story.remote.folder, "rev-list", "--count", "main") == "3"
    assert "in step, nothing to do" in story.shell("once").stdout


def test_a_fetch_that_is_cut_off_half_way_is_done_again(story: Story, tmp_path: Path) -> None:
    """Killed with everything it started, its locks left where they are."""
    story.shell("once")
    story.change("Parcels are known", "Parcels are known to all")
    copy = next((story.shell.folder / ".plansync/git").glob("*/plansync-ready")).parent
    (copy / "shallow.lock").write_text("")
    (copy / "objects/pack/tmp_pack_x").write_bytes(b"PACK half of it")
    story.shell("once")
    assert "in step, nothing to do" in story.shell("once").stdout
    assert "known to all" in story.plan()
