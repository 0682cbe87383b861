"""Making commits from objects alone, and pushing them by fast-forward. Nothing is checked out, nothing forced.

https://git-scm.com/docs/git-commit-tree, https://git-scm.com/docs/git-push#_output
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from plansync.errors import SourceError
from plansync.sources.entries import Entry
from plansync.sources.git.copy import WorkingCopy
from plansync.sources.git.program import first_line
from plansync.sources.style import Style

_REASON = re.compile(r"\[(?:remote )?rejected\] \((.*)\)")
_MOVED = re.compile(
    r"fetch first|non-fast-forward|stale info|cannot lock ref|failed to update ref|failed to lock|already exists"
)
_REMOTE = re.compile(r"^remote: *(.*\S) *$", re.MULTILINE)
_DECLINED = re.compile(
    r"hook declined|GH\d{3}|protected|not allowed to|prohibited|denied|policy|declined", re.IGNORECASE
)
_PUSH = ("--porcelain", "--no-verify", "--recurse-submodules=no", "--no-follow-tags")


@dataclass(frozen=True, slots=True)
class Pushed:
    """The branch holds the commit now."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Somebody else pushed meanwhile: look again."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """The push failed on the way, before or after it took effect: look again."""

    error: SourceError


@dataclass(frozen=True, slots=True)
class Denied:
    """The remote does not take pushes to this branch; ``reason`` is its own word."""

    reason: str
    hint: str = ""


PushResult = Pushed | Moved | Unclear | Denied


@dataclass(frozen=True, slots=True)
class Smith:
    """Makes commits in a working copy."""

    copy: WorkingCopy
    style: Style

    def names_of(self, contents: Sequence[bytes]) -> list[str]:
        """Store ``contents`` as blobs, byte for byte, and return their names, in order."""
        with self.copy.work() as folder:
            files = [folder / str(index) for index in range(len(contents))]
            for file, data in zip(files, contents, strict=True):
                file.write_bytes(data)
            given = "".join(f"{file}\n" for file in files).encode()
            done = self.copy.git.must("hash-object", "-w", "--no-filters", "--stdin-paths", given=given)
        return done.text.split()

    def commit(self, parent: str, changed: Mapping[Entry, str], message: str) -> str:
        """Make a commit on ``parent`` that gives each entry the blob named; return its name."""
        tree = self._tree(parent, changed)
        sign = ("-S",) if self._signs() else ()
        arguments = ("commit-tree", *sign, "-p", parent, "-F", "-", tree)
        done = self.copy.git.local(*arguments, given=message.encode(), extra=self._people())
        if done.code:
            hint = "plansync signs commits where your Git configuration says so (commit.gpgSign)" if sign else ""
            raise SourceError(f"the commit could not be made: {first_line(done.err)}", hint=hint)
        return done.text

    def push(self, commit: str, branch: str, instead_of: str | None = None) -> PushResult:
        """Push ``commit`` to ``branch``, which must lead there without a fork; none takes the branch away.

        A branch that is ours alone may be rebuilt: it then takes the place of the commit ``instead_of``, and of no
        other (empty: the branch must not be there yet).
        """
        git = self.copy.git
        lease = () if instead_of is None else (f"--force-with-lease=refs/heads/{branch}:{instead_of}",)
        done = git.remote("push", *_PUSH, *lease, "--", git.address.url, f"{commit}:refs/heads/{branch}")
        if done.code == 0:
            return Pushed()
        answer = next((line for line in done.text.splitlines() if line.startswith("!")), "")
        if not answer:
            return Unclear(self.copy.trouble(done))
        told = _REASON.search(answer)
        reason = told[1] if told else answer
        if _MOVED.search(answer) and not _DECLINED.search(answer):
            return Moved()
        words = " ".join(_REMOTE.findall(done.err))
        return Denied(f"{reason}: {words}" if words else reason)

    def rehearse_push(self, commit: str, branch: str) -> SourceError | None:
        """Ask whether pushes are taken at all, without any; the remote says nothing of protected branches."""
        git = self.copy.git
        done = git.remote("push", "--dry-run", *_PUSH, "--", git.address.url, f"{commit}:refs/heads/{branch}")
        is_refused = done.code != 0 and not any(line.startswith("!") for line in done.text.splitlines())
        return self.copy.trouble(done) if is_refused else None

    def _tree(self, parent: str, changed: Mapping[Entry, str]) -> str:
        git = self.copy.git
        with self.copy.work() as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            lines = [entry.kept_mode + b" " + oid.encode() + b"\t" + entry.path for entry, oid in changed.items()]
            steps: list[tuple[tuple[str, ...], bytes]] = [
                (("read-tree", "--end-of-options", parent), b""),
                (("update-index", "-z", "--index-info"), b"\0".join(lines) + b"\0"),
            ]
            for arguments, given in steps:
                done = git.local(*arguments, given=given, extra=index)
                if done.code:  # git refuses trees with names such as .git or ..
                    raise SourceError(f"git makes no commit on this tree: {first_line(done.err)}")
            return git.must("write-tree", extra=index).text

    def _signs(self) -> bool:
        return self.copy.git.local("config", "--type=bool", "--get", "commit.gpgSign").text == "true"

    def _people(self) -> dict[str, str]:
        name, mail = self.style.identity()
        return {
            "GIT_AUTHOR_NAME": name,
            "GIT_AUTHOR_EMAIL": mail,
            "GIT_COMMITTER_NAME": name,
            "GIT_COMMITTER_EMAIL": mail,
        }
