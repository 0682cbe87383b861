"""Eight ``plansync once`` on one plan, over and over, while a person edits the plan and its issues (spec §3, §4, §5).

Judged by the tracker's file and the plan alone. ``RACE_ROUNDS`` says how many rounds there are.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from random import Random

from tests.support.busy_person import ME, TASK, Person
from tests.support.crowd import Crowd, crowd
from tests.support.local_issues import Issue, read_issues

ROUNDS = int(os.environ.get("RACE_ROUNDS", "8"))
MOST_ACTS, MOST_RUNS = 10, 8
_HEAD = """\
# Implementation Plan: The lighthouse

**Feature ID:** 044-lighthouse
**Status:** Draft

## 5. Implementation Phases
"""
_TAIL = """
Spoken of in the evening

## 7. Risks and Mitigations

| Risk | Likelihood | Impact | Mitigation |
| --- | --- | --- | --- |
| The lamp breaks | M | H | Keep another one |
"""


def plan(phases: int = 3, tasks: int = 6) -> str:
    """Return a plan whose tasks are told apart by a word that is never changed."""
    text, token = _HEAD, 0
    for phase in range(1, phases + 1):
        text += f"\n### Phase {phase}: Floor {phase}\n\n- **Goal:** It stands\n- **Tasks:**\n"
        for _ in range(tasks):
            token += 1
            text += f"  - [ ] Bring the stones K{token} across the river\n"
        text += "- **Deliverable:** One can stand on it\n"
    return text + _TAIL


def test_eight_runs_at_once_and_a_person_lose_nothing_and_make_nothing_twice(tmp_path: Path) -> None:
    (tmp_path / "plans").mkdir()
    file, tracker = tmp_path / "plans/desk.md", tmp_path / ".plansync/tracker.db"
    file.write_text(plan(), "utf-8")
    person = Person(file, tracker, Random(7), tokens=18)
    commands = [["once"]] * 7 + [["once", "plans/desk.md"]]
    with crowd(tmp_path) as together:
        for number in range(ROUNDS):
            said = one_round(together, commands, person)
            judge_always(person, said)
            if number % 10 == 9 or number == ROUNDS - 1:
                come_to_rest(together, person)
                judge_rest(person)
    assert_that_enough_was_done(person)


def one_round(together: Crowd, commands: list[list[str]], person: Person) -> str:
    """Run ``commands`` at once; the person acts as their words come in, which is in the midst of their work."""
    said: list[str] = []
    left = [MOST_ACTS]

    def hear(line: str) -> None:
        said.append(line)
        if left[0] and person.luck.random() < 0.6:
            left[0] -= 1
            person.act()

    codes = together(commands, hear)
    words = "\n".join(said)
    assert set(codes) <= {0, 1}, words
    assert "bug" not in words and "Traceback" not in words, words
    return words


def judge_always(person: Person, said: str) -> None:
    """At any time: nothing of the person's is lost, and no two open issues are for one item."""
    person.look()
    issues = read_issues(person.tracker)
    person.check_issues(issues)
    markers = Counter(issue.marker for issue in issues.values() if issue.closed is None and issue.author != ME)
    assert [marker for marker, count in markers.items() if count > 1] == [], said
    assert [issue.number for issue in issues.values() if issue.closed == "duplicate"] == [], said
    assert not list(person.file.parent.glob(".plansync-*"))


def come_to_rest(together: Crowd, person: Person) -> None:
    """Run alone until two runs in a row did nothing."""
    quiet, before = 0, standing(person)
    for _ in range(MOST_RUNS):
        together.once("--allow-removals")
        after = standing(person)
        quiet = quiet + 1 if after == before else 0
        if quiet == 2:
            return
        before = after
    raise AssertionError(f"after {MOST_RUNS} runs there is still something to do")


def standing(person: Person) -> tuple[object, ...]:
    return person.look(), read_issues(person.tracker)


def judge_rest(person: Person) -> None:
    """Everything at rest: one issue per item, linked, of the state that the box has."""
    issues = read_issues(person.tracker)
    tasks = {task["token"].decode(): task for task in TASK.finditer(person.look())}
    for token in (f"K{number}" for number in range(1, person.tokens + 1)):
        open_ones = [n for n, i in issues.items() if i.closed is None and re.search(rf"\b{token}\b", i.title)]
        if token in tasks:
            judge_task(tasks[token], issues, open_ones)
        else:
            assert set(open_ones) <= person.reopened, f"{token} is in the plan no more, and {open_ones} are open"


def judge_task(task: re.Match[bytes], issues: Mapping[int, Issue], open_ones: list[int]) -> None:
    line, done = task[0].decode(), task["mark"] == b"x"
    if task["number"] is None:
        assert done and not open_ones, f"not linked: {line}, {open_ones}"
        return
    issue = issues[int(task["number"])]
    text = task["text"].decode().strip()
    assert set(open_ones) <= {issue.number}, f"{line}: {open_ones} are open"
    assert issue.closed is not None or issue.title == text, f"{line}: {issue.title}"
    agrees = {True: issue.closed is not None, False: issue.closed != "completed"}[done]
    assert agrees, f"{line}: its issue is {issue.closed or 'open'}"
    assert issue.closed is not None or "plansync" in issue.labels, f"{line}: {issue.labels}"


def assert_that_enough_was_done(person: Person) -> None:
    """The person was at work, in every way where there was time for it."""
    assert sum(person.acts.values()) >= 5 * ROUNDS, person.acts
    assert len(person.acts) >= min(14, ROUNDS), person.acts
