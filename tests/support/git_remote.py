"""Bare repositories as remotes, and people who work on them with plain git, without any lock of ours."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from plansync.ports.reviews import Reviews
from plansync.sources.git.addresses import read_address
from plansync.sources.git.copy import WorkingCopy
from plansync.sources.git.program import Credential, Git
from plansync.sources.git.source import GitSource
from plansync.sources.git.tip import Tip
from plansync.sources.globs import Globs
from plansync.sources.style import Style

LIMIT = 1000
_PLAIN = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ann",
    "GIT_AUTHOR_EMAIL": "ann@example.com",
    "GIT_COMMITTER_NAME": "Ann",
    "GIT_COMMITTER_EMAIL": "ann@example.com",
}


def git(
    folder: Path, *arguments: str, given: bytes = b"", check: bool = True, extra: Mapping[str, str] | None = None
) -> str:
    """Run plain git, as a person does, and return what it printed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=environment | _PLAIN | dict(extra or {}),
        input=given,
        capture_output=True,
        check=False,
    )
    if check and done.returncode:
        raise AssertionError(f"git {' '.join(arguments)}: {done.stderr.decode()}")
    return done.stdout.decode("utf-8", "replace").rstrip("\n")


@dataclass(frozen=True)
class Remote:
    """A bare repository with a branch ``main``."""

    folder: Path

    @classmethod
    def new(cls, folder: Path, branch: str = "main") -> Remote:
        """Make one whose first commit holds a README."""
        git(folder.parent, "init", "--quiet", "--bare", f"--initial-branch={branch}", "--template=", str(folder))
        made = cls(folder)
        made.commit({"README.md": b"# Read me\n"}, branch=branch)
        return made

    def tip(self, branch: str = "main") -> str:
        """Return the branch's commit, empty without one."""
        return git(self.folder, "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}", check=False)

    def commit(self, files: Mapping[str | bytes, bytes | None], branch: str = "main", mode: str = "100644") -> str:
        """Commit to the branch: new bytes of files by path, None to remove one; made from objects, by plain git."""
        tip = self.tip(branch)
        index = {"GIT_INDEX_FILE": str(self.folder / "test-index")}
        git(self.folder, "read-tree", *([tip] if tip else ["--empty"]), extra=index)
        lines = []
        for path, data in files.items():
            name = path.encode() if isinstance(path, str) else path
            kind, blob = ("0", "0" * 40) if data is None else (mode, self.blob(data))
            lines.append(f"{kind} {blob}\t".encode() + name + b"\0")
        git(self.folder, "update-index", "-z", "--index-info", given=b"".join(lines), extra=index)
        tree = git(self.folder, "write-tree", extra=index)
        commit = git(self.folder, "commit-tree", tree, *(["-p", tip] if tip else []), "-m", "by hand")
        git(self.folder, "update-ref", f"refs/heads/{branch}", commit)
        return commit

    def blob(self, data: bytes) -> str:
        """Store bytes."""
        return git(self.folder, "hash-object", "-w", "--stdin", given=data)

    def read(self, path: str, branch: str = "main") -> bytes:
        """Return a file's bytes on a branch."""
        command = ["git", "cat-file", "blob", f"refs/heads/{branch}:{path}"]
        return subprocess.run(command, cwd=self.folder, capture_output=True, check=True).stdout

    def log(self, form: str, branch: str = "main") -> list[str]:
        """Return a line for each commit, the latest first."""
        return git(self.folder, "log", f"--format={form}", f"refs/heads/{branch}").splitlines()

    def refuse(self, branch: str = "main") -> None:
        """Protect a branch, as a host's hook does."""
        hooks = self.folder / "hooks"
        hooks.mkdir(exist_ok=True)
        hook = hooks / "update"
        hook.write_text(f'#!/bin/sh\ntest "$1" != refs/heads/{branch} || {{ echo "GH006: protected" >&2; exit 1; }}\n')
        hook.chmod(0o755)


def source_on(
    url: str,
    state: Path,
    *include: str,
    branch: str = "",
    style: Style | None = None,
    credential: Credential | None = None,
    limit: int = LIMIT,
    write: Literal["auto", "direct", "request"] = "direct",
    reviews: Reviews | None = None,
) -> GitSource:
    """Return a source on a remote, with its working copy below ``state``."""
    address = read_address(url, state)
    copy = WorkingCopy(Git(state / "git" / "copy", address, credential or Credential()))
    globs = Globs(include or ("plans/**/*.md",))
    tip = Tip(copy, globs, branch, "" if write == "direct" else "plansync/sync")
    return GitSource(tip, limit, style or Style(), write, reviews)
