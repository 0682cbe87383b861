"""The working copy of a remote: a bare repository below the state folder that can be made again at any time.

It holds the branch's tip and what was fetched since the copy was made, no older history. One process at a time
works in it; what a killed one left is cleared away by the next.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from plansync.errors import ConfigError, SourceError
from plansync.sources.branches import check_branch
from plansync.sources.git.program import BrokenCopy, Finished, Git, first_line

_READY = "plansync-ready"
_WORK = "plansync-work"
_OID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_NO_ACCESS = re.compile(
    r"Authentication failed|could not read (Username|Password)|error: 40[13]|Access denied|Permission (to .* )?denied"
)
_NOT_THERE = re.compile(r"not found|error: 404|does not exist|does not appear to be a git repository", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Heads:
    """Branches of the remote by name, with their commits; ``default`` is what its HEAD names, empty if nothing."""

    commits: Mapping[str, str]
    default: str = ""


@dataclass(frozen=True, slots=True)
class WorkingCopy:
    """What is kept of one remote. Any method may raise ``SourceError``; call them inside :meth:`locked`."""

    git: Git

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other threads and processes out, and make the copy usable."""
        folder = self.git.folder
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(folder.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise SourceError(f"{folder.parent}: working copies cannot be kept there: {error.strerror}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            self._clear()
            yield
        finally:
            os.close(descriptor)

    @contextlib.contextmanager
    def work(self) -> Iterator[Path]:
        """Give a folder for files that are needed for a moment."""
        folder = self.git.folder / _WORK
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def heads(self, *branches: str) -> Heads:
        """Ask the remote for its HEAD and for ``branches``; one exchange."""
        refs = [f"refs/heads/{branch}" for branch in branches]
        done = self.git.remote("ls-remote", "--symref", "--", self.git.address.url, "HEAD", *refs)
        if done.code:
            raise self.trouble(done)
        return _read_heads(done.text)

    def fetch(self, branch: str, commit: str, depth: int = 0) -> str:
        """Bring the tip of ``branch`` here, which was ``commit`` a moment ago, and return what it is now.

        With so many commits of its history, or, unless a ``depth`` is given, with all since the copy was made.
        """
        self._prepare(len(commit))
        kept = _kept(branch)
        if self.has(commit):
            self.git.must("update-ref", kept, commit)
            return commit
        depth = depth or int(not self._resolve(kept))
        shallow = (f"--depth={depth}",) if depth else ()
        options = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", *shallow)
        done = self.git.remote("fetch", *options, "--", self.git.address.url, f"+refs/heads/{branch}:{kept}")
        if done.code:
            raise self.trouble(done)
        tip = self._resolve(kept)
        if not tip:
            raise BrokenCopy(f"git fetched nothing into {self.git.folder}")
        return tip

    def keep(self, branch: str, commit: str) -> None:
        """Remember ``commit``, which is here, as the tip of ``branch``, or under any other name."""
        self.git.must("update-ref", _kept(branch), commit)

    def kept(self, name: str) -> str:
        """Return the commit that was kept under a name, empty if there is none."""
        return self._resolve(_kept(name))

    def has(self, commit: str) -> bool:
        """Say whether a commit is here."""
        return (self.git.folder / _READY).exists() and not self.git.local("cat-file", "-e", f"{commit}^{{tree}}").code

    def contains(self, tip: str, commit: str) -> bool:
        """Say whether ``commit`` is in the history of ``tip``, as far as it was fetched."""
        return not self.git.local("merge-base", "--is-ancestor", "--end-of-options", commit, tip).code

    def forget(self) -> None:
        """Throw the copy away."""
        shutil.rmtree(self.git.folder, ignore_errors=True)

    def trouble(self, done: Finished) -> SourceError:
        """Return what a command that talked to the remote failed of, in an error."""
        url, said = self.git.address.url, first_line(done.err)
        if str(self.git.folder) in done.err:
            return BrokenCopy(f"{self.git.folder} cannot be used: {said}")
        if _NO_ACCESS.search(done.err):
            hint = "set PLANSYNC_GIT_TOKEN to a token that may read and write the repository, or let git have one"
            return SourceError(f"{url}: no access: {said}", hint=hint)
        if _NOT_THERE.search(done.err):
            return SourceError(f"{url}: {said}", hint="check source.url and source.branch, and what the token may see")
        return SourceError(f"{url}: {said}", hint="run again when the server can be reached")

    def _resolve(self, ref: str) -> str:
        done = self.git.local("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        return done.text if done.code == 0 and _OID.fullmatch(done.text) else ""

    def _prepare(self, digits: int) -> None:
        """Make the repository if there is none, of the remote's kind of object names."""
        marker = self.git.folder / _READY
        if marker.exists() and marker.read_text("ascii") == str(digits):
            return
        self.forget()
        kind = "sha256" if digits == 64 else "sha1"
        done = self.git.local("init", "--quiet", "--bare", "--template=", f"--object-format={kind}")
        if done.code:
            raise SourceError(f"{self.git.folder}: cannot be made: {first_line(done.err)}")
        marker.write_text(str(digits), "ascii")

    def _clear(self) -> None:
        """Take away what a killed process left in the way."""
        folder = self.git.folder
        if not (folder / _READY).exists():
            shutil.rmtree(folder, ignore_errors=True)
            return
        shutil.rmtree(folder / _WORK, ignore_errors=True)
        for lock in (*folder.glob("*.lock"), *(folder / "refs").rglob("*.lock")):
            lock.unlink(missing_ok=True)


def _kept(branch: str) -> str:
    """Return the ref that a branch's tip is kept under; digests never stand in each other's way, as names may."""
    return f"refs/plansync/{hashlib.sha256(branch.encode()).hexdigest()}"


def _read_heads(text: str) -> Heads:
    commits: dict[str, str] = {}
    default = ""
    for line in text.splitlines():
        left, _, name = line.partition("\t")
        if name == "HEAD" and left.startswith("ref: refs/heads/"):
            default = left.removeprefix("ref: refs/heads/")
        elif name.startswith("refs/heads/") and _OID.fullmatch(left):
            commits[name.removeprefix("refs/heads/")] = left
        elif name == "HEAD" and _OID.fullmatch(left) and default:
            commits.setdefault(default, left)
    try:
        return Heads(commits, check_branch(default) if default else "")
    except ConfigError as error:
        raise SourceError(f"the remote's HEAD names a branch that cannot be one: {default!r}") from error
