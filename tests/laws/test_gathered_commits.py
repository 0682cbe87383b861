"""Edits of a source that commits: gathered by a daemon, and stopped where something undoes them (spec §5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from plansync.app.report import TargetReport
from plansync.ports.source import Content, Note, Proposed, Replacement, Saved, Source
from tests.support.example import MAP, PLAN
from tests.support.watched_source import WatchedSource
from tests.support.world import World, kinds

PLACE, OTHER = "plans/plan.md", "plans/other.md"
LETTERS = PLAN.replace("021-parcels", "022-letters").replace("Parcel tracking", "Letters")
INTERVAL = timedelta(minutes=5)
ISSUES = 7
_LINK = re.compile(rb" \(\[#\d+\]\([^)]*\)\)")


@dataclass
class Commits:
    """What was committed, by paths, and a bot that works on each file right after a commit; ``where`` edits wait."""

    made: list[list[str]] = field(default_factory=list)
    bot: Callable[[bytes], bytes] = bytes
    where: str = ""

    def around(self, source: Source) -> Source:
        return _Committing(source, self)


class _Committing(WatchedSource):
    """A folder that stands for a repository."""

    def __init__(self, real: Source, commits: Commits) -> None:
        super().__init__(real, lambda path: None)
        self.commits = commits

    def save(self, replacements: Sequence[Replacement], note: Note) -> Sequence[Saved]:
        if self.commits.where:
            return [
                Proposed(item.content, self.commits.where) if item.is_needed else item.content for item in replacements
            ]
        paths = [item.content.path for item in replacements if item.is_needed]
        answers = super().save(replacements, note)
        if paths:
            self.commits.made.append(paths)
        for answer in answers:
            if isinstance(answer, Content) and answer.path in paths:
                now = super().read(answer.path)
                assert isinstance(now, Content)
                self.real.save([Replacement(now, self.commits.bot(now.data))], note)
        return answers


@pytest.fixture
def commits(world: World) -> Commits:
    made = Commits()
    world.around, world.gather = made.around, INTERVAL
    world.write(PLAN, PLACE)
    return made


def daemon(world: World, **request: Any) -> TargetReport:
    """Sync as the daemon does; that takes two minutes of the world's clock."""
    return world.sync(gathers=True, confirm_removals=True, **request)


def told(report: TargetReport) -> list[str]:
    return [note for note in report.notes if "in one commit" in note]


# gathering


def test_the_first_edit_is_committed_at_once_and_later_ones_together_after_the_interval(
    world: World, commits: Commits
) -> None:
    daemon(world)
    assert commits.made == [[PLACE]]
    world.write(LETTERS, OTHER)
    held = daemon(world)
    assert held.gathered is not None
    at = f"{held.gathered.until:%H:%M:%S}"
    assert (len(kinds(held)), held.failed, told(held)) == (
        9,
        False,
        [f"plans/other.md: is written after {at} UTC, in one commit"],
    )
    assert world.read(OTHER) == LETTERS
    assert held.gathered.paths == {OTHER}
    world.people.close(world.number(MAP))
    again = daemon(world)
    assert (kinds(again), again.gathered is not None) == ([], True)
    assert again.gathered is not None
    assert again.gathered.paths == {PLACE, OTHER}
    assert commits.made == [[PLACE]]
    world.clock.advance(INTERVAL)
    written = daemon(world, plans=(OTHER, PLACE))
    assert (kinds(written), written.gathered, commits.made[1:]) == ([], None, [[OTHER, PLACE]])
    assert f"- [x] {MAP}" in world.read()
    assert world.read(OTHER).count("/issues/") == ISSUES
    assert len(world.all_issues()) == 2 * ISSUES
    quiet = daemon(world)
    assert all(plan.unchanged for plan in quiet.plans)


def test_what_is_held_back_makes_no_run_do_anything_twice(world: World, commits: Commits) -> None:
    daemon(world)
    world.write(LETTERS, OTHER)
    number = world.number(MAP)
    world.people.close(number)
    daemon(world)
    daemon(world)
    assert len(world.all_issues()) == 2 * ISSUES
    world.people.reopen(number)
    before = world.read()
    report = daemon(world)
    assert kinds(report) == []
    assert world.read() == before
    assert not next(issue for issue in world.all_issues() if issue.number == number).closed


def test_once_writes_at_once(world: World, commits: Commits) -> None:
    daemon(world)
    world.write(LETTERS, OTHER)
    report = world.sync()
    assert (report.gathered, commits.made) == (None, [[PLACE], [OTHER]])


def test_a_folder_is_written_at_once(world: World, commits: Commits) -> None:
    world.gather = None
    daemon(world)
    world.write(LETTERS, OTHER)
    daemon(world)
    assert commits.made == [[PLACE], [OTHER]]


def test_a_dry_run_shows_what_is_held_back_and_remembers_nothing(world: World, commits: Commits) -> None:
    world.preview()
    daemon(world)
    world.write(LETTERS, OTHER)
    daemon(world)
    report = world.preview()
    assert [bool(plan.diff) for plan in report.plans] == [True, False]
    assert commits.made == [[PLACE]]


def test_a_proposal_that_waits_does_not_hold_the_next_one_up_for_ever(world: World, commits: Commits) -> None:
    commits.where = "https://host.example/pulls/1"
    assert daemon(world).plans[0].waits_at == commits.where
    held = daemon(world)
    assert held.gathered is not None
    world.clock.advance(INTERVAL)
    for _ in range(5):
        later = daemon(world)
        assert (later.gathered, later.plans[0].waits_at) == (None, commits.where)


# the fuse


def strip_links(data: bytes) -> bytes:
    return _LINK.sub(b"", data)


def smear_links(data: bytes) -> bytes:
    """Leave a trace of each link, so that the tasks' text grows every time."""
    return _LINK.sub(rb" ~", data)


def strip_milestones(data: bytes) -> bytes:
    return b"".join(line for line in data.splitlines(keepends=True) if b"**Milestone:**" not in line)


@pytest.mark.parametrize("bot", [strip_links, strip_milestones, smear_links])
def test_commits_that_are_undone_each_time_stop_at_the_third_that_nothing_explains(
    world: World, commits: Commits, bot: Callable[[bytes], bytes]
) -> None:
    commits.bot = bot
    reports = []
    for _ in range(10):
        world.clock.advance(INTERVAL)
        reports.append(daemon(world))
    assert commits.made == [[PLACE]] * 3
    assert [report.failed for report in reports] == [False] * 3 + [True] * 7
    assert "plans/plan.md: what plansync writes is undone again and again" in reports[3].errors[0][0]
    assert "plansync once plans/plan.md" in reports[-1].errors[0][1]
    issues = len(world.all_issues())
    assert issues == ISSUES


def test_what_was_stopped_stays_so_for_the_whole_target_until_a_person_asks_for_the_plan(
    world: World, commits: Commits
) -> None:
    commits.bot = strip_links
    for _ in range(4):
        world.clock.advance(INTERVAL)
        daemon(world)
    commits.bot = bytes
    world.write(LETTERS, OTHER)
    assert world.sync().failed
    assert world.sync(plans=(OTHER,)).failed
    assert world.read(OTHER) == LETTERS
    preview = world.preview()
    assert any("undone again and again" in note for note in preview.notes)
    assert len(commits.made) == 3
    assert not world.sync(plans=(PLACE,)).failed
    assert commits.made[3:] == [[PLACE]]
    assert not world.sync().failed
    assert commits.made[4:] == [[OTHER]]


def test_a_person_s_work_on_plan_and_tracker_never_stops_anything(world: World, commits: Commits) -> None:
    world.gather = timedelta(0)
    daemon(world)
    number = world.number(MAP)
    for _ in range(5):
        world.people.close(number)
        assert not daemon(world).failed
        assert f"- [x] {MAP}" in world.read()
        world.people.reopen(number)
        assert not daemon(world).failed
        assert f"- [ ] {MAP}" in world.read()
    for _ in range(5):
        world.people.close(number)
        assert not daemon(world).failed
        world.edit(f"- [x] {MAP}", f"- [ ] {MAP}")
        assert kinds(daemon(world)) == ["reopen_issue"]
    for round_ in range(5):
        world.edit(f"] {MAP}", f"] Task {round_}\n  - [ ] {MAP}")
        assert not daemon(world).failed
    assert len(commits.made) == 1 + 10 + 5 + 5


def test_a_plan_that_is_gone_stops_nothing_any_more(world: World, commits: Commits) -> None:
    commits.bot = strip_links
    for _ in range(4):
        world.clock.advance(INTERVAL)
        daemon(world)
    commits.bot = bytes
    (world.root / PLACE).unlink()
    world.write(LETTERS, OTHER)
    world.clock.advance(INTERVAL)
    assert not daemon(world).failed
    assert commits.made[3:] == [[OTHER]]
