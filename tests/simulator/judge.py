"""What must never be, and what must be once everything has come to rest. Read from the tracker's state and the files alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import timedelta

from tests.simulator.eyes import Seen
from tests.simulator.town import Line, Town
from tests.support.checker import without_writing

_STATUS = re.compile(r"(?m)^\*\*Status:\*\* (?P<word>[^\r\n]*)")
_GROUPS = {
    "not started": {"draft", "planned", "approved", "ready"},
    "in progress": {"in progress", "active"},
    "complete": {"complete", "done"},
}
_MOST_RUNS = 8


def judge_always(town: Town) -> None:
    """Whatever was just done: not a byte of people's was changed, in any plan or issue."""
    for path, wrote in town.human.items():
        file = town.root / path
        if not file.exists():
            town.fail(f"{path} is gone")
        if without_writing(file.read_bytes()) != wrote:
            town.fail(f"{path}: plansync changed what people wrote\n{file.read_bytes().decode()}")
    issues = town.issues()
    for number, theirs in town.theirs.items():
        if number not in issues:
            town.fail(f"#{number} is gone")
        if issues[number].theirs != theirs:
            town.fail(f"#{number}: plansync changed what is people's:\n{theirs}\n{issues[number].theirs}")


def come_to_rest(town: Town) -> None:
    """Let everything be sound, and run until nothing more is done; twice quiet is quiet."""
    town.trouble.clear()
    quiet = 0
    for _ in range(_MOST_RUNS):
        town.world.clock.advance(timedelta(minutes=15))
        before = _standing(town)
        town.sync()
        judge_always(town)
        quiet = quiet + 1 if _standing(town) == before else 0
        if quiet == 2:
            return
    town.fail(f"after {_MOST_RUNS} runs there is still something to do: {town.last}")


def _standing(town: Town) -> tuple[object, ...]:
    files = {path: town.text(path) for path in town.paths()}
    return files, town.world.tracker.traffic.writes, dict(town.issues())


def judge_rest(town: Town) -> None:
    """Everything at rest: each item has one issue, nothing is doubled, lost, or of another state than people said."""
    issues = town.issues()
    lines = [line for line in town.lines() if not town.is_unsure(town.items[line.token], line.path)]
    unsure = {line.token for line in town.lines()} - {line.token for line in lines}
    _judge_twins(town, issues, unsure | _unfinished(town))
    sound = town.sound()
    for path in (path for path in sound if path not in town.doubtful):
        for line in (line for line in lines if line.path == path):
            _judge_line(town, line, issues)
        _judge_status(town, path, issues)
    here = {line.token for line in lines} | unsure
    for item in town.items.values():
        if item.token not in here and item.gone_from is not None and not item.wild:
            _judge_removed(town, item.token, item.gone_from, issues)
        item.wild = item.wild or item.gone_from is not None
    _forget(town, {line.token: line.path for line in lines if line.path in sound})
    town.removed_since.clear()


def _forget(town: Town, judged: Mapping[str, str]) -> None:
    """What people said of items that were judged is done with; of those that nobody could read it still counts."""
    for item in town.items.values():
        if item.token in judged or item.wild:
            item.wanted.clear()
            item.unmarked = False
            item.reworded = item.reworded and item.was != "open"  # a closed issue keeps its old text until it reopens
            item.home = judged.get(item.token, item.home)


def _unfinished(town: Town) -> set[str]:
    """Return the items that were moved or unlinked while some plan cannot be read: until it can, nothing is removed."""
    if town.sound() == town.paths() and not (town.root / "archive").exists():
        return set()
    return {item.token for item in town.items.values() if ("plan", "?") in item.wanted}


def _judge_twins(town: Town, issues: Mapping[int, Seen], unsure: Collection[str]) -> None:
    ours = [issue for issue in issues.values() if issue.is_ours and issue.state == "open"]
    for marker, count in Counter(issue.marker for issue in ours if issue.marker).items():
        if count > 1:
            town.fail(f"{count} open issues have the marker {marker}")
    for token, item in town.items.items():
        titles = [i for i in ours if re.search(rf"\b{token}\b", i.title)]
        if len(titles) > 1 and not item.wild and token not in unsure:
            town.fail(f"{token} has several open issues: {sorted(i.number for i in titles)}")


def _judge_line(town: Town, line: Line, issues: Mapping[int, Seen]) -> None:
    item = town.items[line.token]
    if item.wild or line.struck:
        return
    if line.number is None:
        if line.mark != "x" and not _is_unpublished(town, line.path):
            town.fail(f"{line.path}: {line.token} has no issue, and the run said: {town.last}")
        return
    issue = issues.get(line.number)
    if issue is None:
        town.fail(f"{line.path}: {line.token} links to #{line.number}, which is not there")
        return
    if issue.state == "open" and not re.search(rf"\b{line.token}\b", issue.title):
        town.fail(f"{line.token} links to #{line.number}, '{issue.title}'")
    if line.mark is not None and issue.state != "not planned" and (line.mark == "x") is not (issue.state == "closed"):
        town.fail(f"{line.path}: {line.token} is [{line.mark}], its issue #{line.number} is {issue.state}")
    wanted = _wanted(item.was, item.wanted)
    if wanted is not None and issue.state != wanted:
        said = f"{item.was} before, then {item.wanted}"
        town.fail(f"{line.path}: {line.token}: people said {said}, and its issue #{line.number} is {issue.state}")
    item.was = issue.state


def _is_unpublished(town: Town, path: str) -> bool:
    """Say whether a plan has no issue yet, and its Status says that it is over or on hold: it is passed over (spec §4.6)."""
    found = _STATUS.search(town.text(path))
    word = found["word"].strip("*[] ").lower() if found else ""
    return word in {"on hold", *_GROUPS["complete"]} and not any(line.number for line in town.lines(path))


def _wanted(was: str | None, said: list[tuple[str, str]]) -> str | None:
    """Return the state that people want: what was said last, if it was said in one place; else nobody knows."""
    if not said:
        return was
    places = {where for where, _ in said}
    return None if len(places) > 1 or ("plan", "?") in said else said[-1][1]


def _judge_removed(town: Town, token: str, path: str, issues: Mapping[int, Seen]) -> None:
    """A few items that were taken out of a plan that is there and sound: their issues are closed."""
    sound = path in town.paths() and "\n```\nleft" not in town.text(path) and path not in town.loose
    conflicts = any("<<<<<<< " in town.text(other) for other in town.paths())
    if not sound or conflicts or town.removed_since[path] > 2:
        return
    for issue in issues.values():
        if issue.is_ours and issue.state == "open" and re.search(rf"\b{token}\b", issue.title):
            town.fail(f"{token} was taken out of {path}, and #{issue.number} is still open: {town.last}")


def _judge_status(town: Town, path: str, issues: Mapping[int, Seen]) -> None:
    lines = [line for line in town.lines(path) if not line.is_risk]
    found = _STATUS.search(town.text(path))
    if path in town.loose or found is None or any(town.items[line.token].wild for line in lines):
        return
    states = [issues[line.number].state if line.number else "closed" for line in lines]
    if any(line.number is None and line.mark != "x" for line in lines) or _is_unpublished(town, path):
        return
    counted = [state for state in states if state != "not planned"]
    done = counted.count("closed")
    word = found["word"].strip("*[] ").lower()
    if word == "on hold" or not counted:
        return
    right = {"complete"} if done == len(counted) else {"in progress"} if done else {"not started", "in progress"}
    group = next((name for name, words in _GROUPS.items() if word in words), "none")
    if group not in right:
        town.fail(f"{path}: Status is '{found['word']}', and {done} of {len(counted)} tasks are done: {town.last}")
