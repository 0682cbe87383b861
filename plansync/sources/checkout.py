"""What Git knows about a folder: may a tracker that is shared be synced from here now (spec §4.5)?"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from plansync.errors import SourceError
from plansync.ports.source import BranchRule

_HINT = "sync from the branch itself, or pass --any-branch; preview always works"
_UNDER_WAY = {
    "MERGE_HEAD": "a merge",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "BISECT_LOG": "a bisection",
}
_USUAL_BRANCHES = ("main", "master")
_KEPT = ("GIT_CONFIG", "GIT_SSH", "GIT_SSL")
_NO_CHECKOUT = "not a git repository"


def ci_branch(environ: Mapping[str, str]) -> str:
    """Return the branch that CI says it runs for, or an empty text."""
    if environ.get("GITHUB_REF_NAME") and environ.get("GITHUB_REF_TYPE", "branch") == "branch":
        return environ["GITHUB_REF_NAME"]
    return environ.get("CI_COMMIT_BRANCH", "")


@dataclass(frozen=True, slots=True)
class Home:
    """Where a folder is a part of what repository.

    ``url`` is what the remote is fetched from, empty without one; ``below`` the folder's path from the checkout's
    root, empty or with a slash at the end. ``others`` are the addresses of all other remotes.
    """

    url: str
    below: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checkout:
    """The Git checkout that ``folder`` may lie in.

    ``branch`` is the one that plans are synced from (empty: the remote's default branch); ``named_by_ci`` is what a
    detached HEAD counts as.
    """

    folder: Path
    branch: str = ""
    named_by_ci: str = ""

    def rule(self) -> BranchRule:
        """Say whether the checkout is on the source's branch, outside merge and rebase."""
        if not self.folder.is_dir():
            raise SourceError(
                f"{self.folder}: is no folder", hint="set source.path of the target to the folder of plans"
            )
        try:
            found = self._git("rev-parse", "--absolute-git-dir")
        except FileNotFoundError:
            return BranchRule(allowed=True, reason="there is no git program to ask for the branch")
        if found.returncode:
            if _NO_CHECKOUT in found.stderr:
                return BranchRule(allowed=True)
            return BranchRule(allowed=False, reason=f"git says: {_first_line(found.stderr)}", hint=_HINT)
        remote = self._remote()
        if not remote:
            return BranchRule(allowed=True)
        reason = _under_way(Path(found.stdout.rstrip("\n"))) or self._off_branch(remote)
        return BranchRule(allowed=not reason, reason=reason, hint=_HINT if reason else "")

    def home(self) -> Home | None:
        """Say where the folder lies in which repository; None if there is no checkout, or nobody to ask."""
        try:
            prefix = self._git("rev-parse", "--show-prefix") if self.folder.is_dir() else None
            if prefix is None or prefix.returncode:
                return None
            remote = self._remote()
            url = self._line("remote", "get-url", remote) if remote else ""
            others = [name for name in self._lines("remote") if name != remote]
            urls = tuple(self._line("remote", "get-url", name) for name in others)
        except (FileNotFoundError, SourceError):
            return None
        return Home(url, prefix.stdout.removesuffix("\n"), urls)

    def ignored(self, paths: Sequence[str]) -> frozenset[str]:
        """Return those of ``paths`` that Git ignores: by any of its files, unless they are tracked.

        None where the folder itself is ignored, for then it was chosen all the same, and where git cannot say.
        """
        given = "".join(f"./{path}\0" for path in (".", *paths))
        try:
            done = self._git("check-ignore", "-z", "--stdin", given=given)
        except FileNotFoundError:
            return frozenset()
        found = frozenset(name.removeprefix("./") for name in done.stdout.split("\0") if name)
        return frozenset() if done.returncode or "." in found else found

    def _off_branch(self, remote: str) -> str:
        """Return why HEAD is not on the source's branch, or an empty text if it is."""
        wanted = self.branch or self._default_branch(remote)
        if not wanted:
            return f"the default branch of {remote} is not known here; set `branch` in the source, or fetch it"
        current = self._line("symbolic-ref", "--quiet", "--short", "HEAD")
        if current:
            return (
                "" if current == wanted else f"the checkout is on branch {current}, and plans are synced from {wanted}"
            )
        if self.named_by_ci:
            if self.named_by_ci == wanted:
                return ""
            return f"CI runs for branch {self.named_by_ci}, and plans are synced from {wanted}"
        if wanted in self._branches_at_head(remote):
            return ""
        return f"HEAD is detached and not the tip of {remote}/{wanted}, which plans are synced from"

    def _remote(self) -> str:
        """Return the remote that counts: the branch's own, else origin, else the first."""
        remotes = self._lines("remote")
        branch = self._line("symbolic-ref", "--quiet", "--short", "HEAD")
        own = self._line("config", "--get", f"branch.{branch}.remote") if branch else ""
        for name in (own, "origin", *remotes):
            if name in remotes:
                return name
        return ""

    def _default_branch(self, remote: str) -> str:
        head = self._line("symbolic-ref", "--quiet", f"refs/remotes/{remote}/HEAD")
        if head:
            return head.removeprefix(f"refs/remotes/{remote}/")
        for namespace in (f"refs/remotes/{remote}", "refs/heads"):
            for name in _USUAL_BRANCHES:
                if self._git("show-ref", "--verify", "--quiet", f"{namespace}/{name}").returncode == 0:
                    return name
        return ""

    def _branches_at_head(self, remote: str) -> frozenset[str]:
        prefix = f"refs/remotes/{remote}/"
        refs = self._lines("for-each-ref", "--points-at=HEAD", "--format=%(refname)", prefix)
        return frozenset(ref.removeprefix(prefix) for ref in refs)

    def _line(self, *arguments: str) -> str:
        return next(iter(self._lines(*arguments)), "")

    def _lines(self, *arguments: str) -> list[str]:
        """Return the lines that git prints; none if it fails, which is how it says no to a question."""
        done = self._git(*arguments)
        return done.stdout.splitlines() if done.returncode == 0 else []

    def _git(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Ask git. No argument but the options above comes from outside without a prefix of ours."""
        command = ["git", "--no-pager", "-c", "core.fsmonitor=false", *arguments]
        try:
            return subprocess.run(
                command,
                cwd=self.folder,
                env=_environment(),
                input=given,
                capture_output=True,
                check=False,
                encoding="utf-8",
                errors="replace",
                timeout=30,
            )
        except subprocess.TimeoutExpired as error:
            raise SourceError(f"{self.folder}: git does not answer") from error


def _environment() -> dict[str, str]:
    """Return our environment without what would point git elsewhere, or let it wait, ask or write."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name.startswith(_KEPT)}
    return kept | {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


def _under_way(git_folder: Path) -> str:
    for name, what in _UNDER_WAY.items():
        if (git_folder / name).exists():
            return f"{what} is under way in the checkout"
    return ""


def _first_line(text: str) -> str:
    return next(iter(text.strip().splitlines()), "nothing").removeprefix("fatal: ")
