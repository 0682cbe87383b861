"""A person who saves the plan and works at its issues in the embedded tracker while others sync them.

Knows what is theirs: every byte of the plan that plansync may not write, notes around the regions of issues, comments,
labels. Whatever they read or look at must still hold all of it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from plansync.bootstrap import SystemClock
from plansync.trackers.local.desk import LocalDesk
from tests.support.checker import without_writing
from tests.support.local_issues import Issue, read_issues

ME = "ann"
TASK = re.compile(
    rb"(?m)^  - \[(?P<mark>[ x])\] (?P<text>[^\n]*?\b(?P<token>K\d+)\b[^\n(]*?)(?P<link> \(\[#(?P<number>\d+)\][^\n]*)?$"
)
FEWEST, MOST = 14, 26
"""Tasks of the plan."""
_WORDS = ("tower", "meadow", "harbour", "lantern", "ladder", "kettle", "anchor", "bridge")


@dataclass
class Person:
    """Has one plan and one tracker, and luck of their own."""

    file: Path
    tracker: Path
    luck: Random
    tokens: int
    """How many tasks there were so far, which are K1 to this number."""
    mine: bytes = b""
    acts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    notes: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    reopened: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.mine = without_writing(self.file.read_bytes())

    def act(self) -> None:
        """Do one thing to the plan or to an issue."""
        at_plan = (self._add, self._reword, self._tick, self._tick, self._remove, self._say_more)
        marks = (self._note, self._comment, self._label, self._unlabel, self._move, self._retitle)
        at_issue = (self._close, self._drop, self._reopen, *marks)
        issues = {number: issue for number, issue in read_issues(self.tracker).items() if issue.author != ME}
        if issues and self.luck.random() < 0.5:
            act = self.luck.choice(at_issue)
            self.acts[act.__name__.strip("_")] += 1
            with LocalDesk(self.tracker, "http://127.0.0.1:8484", SystemClock()) as desk:
                act(desk, self.luck.choice(list(issues.values())))
        else:
            change = self.luck.choice(at_plan)
            self.acts[change.__name__.strip("_")] += 1
            self._save(change(self.look()))

    def look(self) -> bytes:
        """Read the plan; nothing of mine is missing or changed."""
        data = self.file.read_bytes()
        assert without_writing(data) == self.mine, f"bytes of a person were changed:\n{data.decode()}"
        return data

    def check_issues(self, issues: Mapping[int, Issue]) -> None:
        """See that all that was said and put on issues is there."""
        for number, notes in self.notes.items():
            issue = issues[number]
            there = [*re.findall(r"note \d+", issue.around), *issue.comments, *issue.labels]
            assert [note for note in notes if there.count(note) != 1] == [], f"#{number}: {issue}"

    def _save(self, data: bytes) -> None:
        """Save as editors do: in place, or as a new file that is put where the old one was."""
        self.mine = without_writing(data)
        if self.luck.random() < 0.5:
            self.file.write_bytes(data)
        else:
            fresh = self.file.with_name("desk.md~")
            fresh.write_bytes(data)
            fresh.replace(self.file)

    def _any(self, data: bytes) -> re.Match[bytes]:
        return self.luck.choice(list(TASK.finditer(data)))

    def _add(self, data: bytes) -> bytes:
        if len(TASK.findall(data)) >= MOST:
            return data
        self.tokens += 1
        above = self._any(data).end()
        task = f"\n  - [ ] Carry the {self.luck.choice(_WORDS)} K{self.tokens} to the {self.luck.choice(_WORDS)}"
        return data[:above] + task.encode() + data[above:]

    def _reword(self, data: bytes) -> bytes:
        task = self._any(data)
        word = self.luck.choice(re.findall(rb"\b[a-z]{4,}\b", task["text"]))
        text = task["text"].replace(word, self.luck.choice(_WORDS).encode(), 1)
        return data[: task.start("text")] + text + data[task.end("text") :]

    def _tick(self, data: bytes) -> bytes:
        task = self._any(data)
        return data[: task.start("mark")] + (b" " if task["mark"] == b"x" else b"x") + data[task.end("mark") :]

    def _remove(self, data: bytes) -> bytes:
        task = self._any(data)
        if len(TASK.findall(data)) <= FEWEST:
            return data
        return data[: task.start()] + data[task.end() + 1 :]

    def _say_more(self, data: bytes) -> bytes:
        return data.replace(b"\n\n## 7.", f" {self.luck.choice(_WORDS)}\n\n## 7.".encode(), 1)

    def _close(self, desk: LocalDesk, issue: Issue) -> None:
        desk.close(issue.number, not_planned=False, actor=ME)

    def _drop(self, desk: LocalDesk, issue: Issue) -> None:
        desk.close(issue.number, not_planned=True, actor=ME)

    def _reopen(self, desk: LocalDesk, issue: Issue) -> None:
        self.reopened.add(issue.number)
        desk.reopen(issue.number, ME)

    def _note(self, desk: LocalDesk, issue: Issue) -> None:
        note = self._new(issue, "note")
        body = desk.show(issue.number).issue.body
        desk.set_body(issue.number, self.luck.choice((f"{note}\n\n{body}", f"{body}\n\n{note}")), ME)

    def _comment(self, desk: LocalDesk, issue: Issue) -> None:
        desk.comment(issue.number, self._new(issue, "comment"), ME)

    def _label(self, desk: LocalDesk, issue: Issue) -> None:
        desk.add_label(issue.number, self._new(issue, "label"), ME)

    def _unlabel(self, desk: LocalDesk, issue: Issue) -> None:
        desk.remove_label(issue.number, "plansync", ME)

    def _move(self, desk: LocalDesk, issue: Issue) -> None:
        desk.set_milestone(issue.number, self.luck.choice((None, 1, 2, 3)), ME)

    def _retitle(self, desk: LocalDesk, issue: Issue) -> None:
        desk.rename(issue.number, f"{issue.title}!", ME)

    def _new(self, issue: Issue, what: str) -> str:
        notes = self.notes[issue.number]
        notes.append(f"{what} {len(notes) + 1}")
        return notes[-1]
