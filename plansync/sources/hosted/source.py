"""A repository on GitHub or GitLab behind the source port: one class for both, on a desk that speaks the host's own.

```
refresh   one conditional request ─► the branch moved? ─► its tree, and the blobs that are new
save      files still as they were read? ─► one commit ─► refused? look again ─► protected? a request for review
```
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from plansync.errors import SourceError
from plansync.ports.checkup import Check
from plansync.ports.source import BranchRule, Content, Note, Refused, Replacement, Saved, Unreadable
from plansync.sources.entries import Astray
from plansync.sources.hosted.proposing import Proposer
from plansync.sources.hosted.refusals import ARCHIVED, as_source_errors, as_source_errors_alone
from plansync.sources.hosted.tip import Tip
from plansync.sources.hosted.writing import Wanted, Writer
from plansync.sources.style import Style

_LARGE_FILE = b"version https://git-lfs.github.com/spec/"
_DIRECT = 'let plansync push to the branch, or set write = "auto" or "request" in the source'


@dataclass(slots=True)
class HostedSource:
    """The plans on one branch of a repository. ``requests`` is the branch that requests for review come from."""

    uid: str
    tip: Tip
    style: Style = field(default_factory=Style)
    write: Literal["auto", "direct", "request"] = "auto"
    requests: str = "plansync/sync"
    _is_loaded: bool = False

    def refresh(self) -> None:
        with as_source_errors():
            self.tip.look()
        self._is_loaded = False

    def list(self) -> Sequence[str]:
        self._seen()
        return sorted(self.tip.plans)

    def read(self, path: str) -> Content | Unreadable:
        self._seen()
        with as_source_errors():
            return self._read(path)

    def save(self, replacements: Sequence[Replacement], note: Note) -> Sequence[Saved]:
        wanted = {at: item for at, item in enumerate(replacements) if item.is_needed}
        answers: dict[int, Saved] = {}
        with as_source_errors_alone():
            proposals = self.tip.memory.proposals
            is_direct = self.write == "direct" or (self.write == "auto" and not proposals.waiting)
            if wanted and is_direct:
                self.tip.look()
                self._commit(wanted, answers, note)
                if self.tip.memory.proposals.is_behind:
                    self._propose([], {}, note)
            elif wanted or proposals.waiting or proposals.is_behind:
                self._propose(replacements, answers, note)
        return [answers.get(at, item.content) for at, item in enumerate(replacements)]

    def branch_rule(self) -> BranchRule:
        return BranchRule(allowed=True)

    def examine(self) -> Sequence[Check]:
        """Say whether the repository answers, and whether it would take a commit; nothing is changed."""
        self._seen()
        with as_source_errors():
            project = self.tip.desk.project()
        branch = self.tip.branch or project.default_branch
        checks = [Check("repository", True, f"branch {branch} of {project.path} is at {self.tip.commit[:10]}")]
        if project.path.casefold() != self.tip.desk.path.casefold():
            hint = "name its new path in source.project"
            checks.append(Check("name", True, f"{self.tip.desk.path} is called {project.path} now", hint))
        if project.archived:
            checks.append(Check("write", False, f"{project.path} is archived", "unarchive it, or take the target out"))
        elif project.may_write is False:
            checks.append(Check("write", False, f"the token may not write to {project.path}", "give it that right"))
        else:
            checks.append(Check("write", True, "allowed, unless the branch is protected, which the first one shows"))
        return checks

    def _seen(self) -> None:
        if not self.tip.commit:
            self.refresh()

    def _read(self, path: str) -> Content | Unreadable:
        tip = self.tip
        if not self._is_loaded:
            tip.load_plans()
            self._is_loaded = True
        try:
            entry = tip.find(path.encode("utf-8", "surrogateescape"))
        except Astray as error:
            return Unreadable(path, "PS103", f"the file is a link, and {error}")
        if entry is None or not entry.is_file:
            return Unreadable(path, "PS103", "the file does not exist")
        data = tip.blob(entry)
        if data is None:
            return Unreadable(path, "PS103", f"{tip.desk.host} lists the file, but does not give it")
        if isinstance(data, int):
            limit = f"limits.plan_bytes allows {tip.plan_bytes:,}"
            return Unreadable(path, "PS102", f"the file has {data:,} bytes; {limit}")
        if data.startswith(_LARGE_FILE):
            return Unreadable(path, "PS103", "the file is kept in Git LFS; plans must be in the repository itself")
        return Content(path, data, entry.oid)

    def _propose(self, replacements: Sequence[Replacement], answers: dict[int, Saved], note: Note) -> None:
        Proposer(self.tip, self.style, self._onto, self.requests).save(replacements, answers, note)

    def _commit(self, wanted: Wanted, answers: dict[int, Saved], note: Note) -> None:
        denied = Writer(self.tip, self.style, self._onto()).save(wanted, answers, note)
        if denied is None:
            return
        desk, left = self.tip.desk, {at: item for at, item in wanted.items() if at not in answers}
        if desk.project().archived:
            raise SourceError(f"{desk.path} is archived and cannot be changed", hint=ARCHIVED)
        if self.write == "auto":
            numbers = sorted(left)
            found: dict[int, Saved] = {}
            self._propose([left[at] for at in numbers], found, note)
            answers.update({numbers[at]: answer for at, answer in found.items()})
            return
        why = f"branch {self._onto()} of {desk.path} takes no commit: {denied.reason}"
        answers.update({at: Refused(item.content.path, why, denied.hint or _DIRECT) for at, item in left.items()})

    def _onto(self) -> str:
        """Return the plans' branch by name."""
        return self.tip.branch or self.tip.desk.project().default_branch
