"""Taking back what a run wrote into plan files (spec §9): as before byte for byte, and around people's edits."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from plansync.app.chronicle import Chronicle, Pending
from plansync.app.noting import Scribe
from plansync.app.request import Target
from plansync.app.retrace import FileTrace
from plansync.app.shelf import Parse
from plansync.core.filediff import unified_diff
from plansync.core.identity import PlanKey
from plansync.core.model import Plan
from plansync.core.reverting import revert
from plansync.errors import SourceError
from plansync.ports.source import Changed, Content, Proposed, Refused, Replacement, Saved, Unreadable

TRIES = 5


@dataclass(frozen=True, slots=True)
class Unwritten:
    """One file on the way back. ``content`` is the file as it is now, or will be when it is saved."""

    plan: PlanKey
    path: str
    content: Content | None = None
    data: bytes = b""
    diff: str = ""
    left: tuple[str, ...] = ()
    waits_at: str = ""
    error: str = ""
    hint: str = ""

    @property
    def item(self) -> Replacement | None:
        """Return what is to be saved, None where the file cannot be read or must not be written."""
        return Replacement(self.content, self.data) if self.content is not None and not self.error else None


@dataclass(slots=True)
class Unwriter:
    """Takes back what ``traces`` tell, of all files in one go."""

    target: Target
    parse: Parse
    chronicle: Chronicle
    traces: Sequence[FileTrace]
    homes: Mapping[str, str]
    """Where each plan is now."""
    undoes: str
    trigger: str
    files: dict[str, Unwritten] = field(default_factory=dict)

    def look(self) -> None:
        """Read the files, and find out what is to be taken out of each."""
        self.target.source.refresh()
        listed = frozenset(self.target.source.list())
        self.traces = [_moved(trace, self.homes, listed) for trace in self.traces]
        self.files = {trace.path: self._file(trace.plan, trace.path) for trace in self.traces}

    def save(self) -> None:
        """Save what is to be saved; a file that somebody saves meanwhile is read again."""
        left = dict(self.files)
        for _ in range(TRIES):
            left = self._round(left)
            if not left:
                return
        for path, file in left.items():
            error = f"{path} kept changing while it was written"
            self.files[path] = replace(file, error=error, hint="run it again when nobody else is saving it")

    def plans(self, key: str) -> Iterator[Plan]:
        """Yield the files of one plan, as they are now, parsed."""
        for file in self.files.values():
            if file.plan == key and file.content is not None:
                yield self.parse(file.content.data)

    def _round(self, left: dict[str, Unwritten]) -> dict[str, Unwritten]:
        """Save once; return what has to be looked at again."""
        files = {path: file for path, file in left.items() if file.item is not None}
        pending = [Pending(file.plan, file.item, "taken back") for file in files.values() if file.item is not None]
        self.chronicle.writing(pending)
        answers = self._saved([file.item for file in pending])
        self.chronicle.wrote(pending, answers)
        again: dict[str, Unwritten] = {}
        for (path, file), answer in zip(files.items(), answers, strict=True):
            match answer:
                case Content():
                    self.files[path] = replace(file, content=answer)
                case Proposed():
                    self.files[path] = replace(file, content=answer.content, waits_at=answer.where)
                case Refused():
                    self.files[path] = replace(file, error=answer.reason, hint=answer.hint)
                case Changed():
                    again[path] = self.files[path] = self._file(file.plan, path)
        return again

    def _saved(self, items: Sequence[Replacement]) -> Sequence[Saved]:
        scribe = Scribe(self.target, self.parse, [], self.undoes)
        try:
            return self.target.source.save(items, scribe.note(self.chronicle.run, self.trigger))
        except SourceError as error:
            return [Refused(i.content.path, str(error), error.hint) if i.is_needed else i.content for i in items]

    def _file(self, plan: PlanKey, path: str) -> Unwritten:
        content = self.target.source.read(path)
        if isinstance(content, Unreadable):
            return Unwritten(plan, path, left=(f"{path}: {content.message}; nothing is taken back there",))
        data, left = content.data, []
        for trace in reversed([trace for trace in self.traces if trace.path == path]):
            result = revert(trace.before, trace.after, data)
            data = result.data
            left += [f"{path}: changed since, and stays so: {text}" for text in result.left]
        if not _is_sound(self.parse(content.data), self.parse(data)):
            error = f"{path}: taking back what was written would change what the plan says; nothing is written"
            return Unwritten(plan, path, content, left=tuple(left), error=error, hint="take it out by hand")
        return Unwritten(plan, path, content, data, unified_diff(path, content.data, data), tuple(left))


def _moved(trace: FileTrace, homes: Mapping[str, str], listed: Collection[str]) -> FileTrace:
    """Return the trace with the path of today, where the file has gone from its own and the plan has another."""
    home = homes.get(trace.plan, trace.path)
    return trace if trace.path in listed or home not in listed else replace(trace, path=home)


def _is_sound(now: Plan, then: Plan) -> bool:
    """Say whether the plan keeps its phases and the texts of its items, as it must when links and boxes go."""
    return _substance(now) == _substance(then)


def _substance(plan: Plan) -> object:
    return [phase.heading for phase in plan.phases], [(item.kind, item.text, item.id) for item in plan.items]
