"""Laws that a naive tool breaks: for every mistake, the law and the very assertion that catch it, named beforehand."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.laws import test_fuses as fuses
from tests.laws import test_leases_and_saves as saves
from tests.laws import test_lost_answers as lost
from tests.laws import test_people_at_the_tracker as people
from tests.laws import test_plan_edits as edits
from tests.laws import test_removals as removals
from tests.laws import test_tables_and_titles as tables
from tests.naive.variants import VARIANTS
from tests.support.clocks import TickingClock
from tests.support.example import PLAN
from tests.support.fake_tracker import FakeTracker
from tests.support.world import World, fake_world

LAWS = Path(fuses.__file__).parent


@dataclass(frozen=True)
class Catch:
    """What catches a variant: a law, and the assertion in it that fails.

    ``begins`` is what the law begins with: a plan that is in step, one that is written, or nothing. ``more`` are the
    law's arguments beside its world; a tracker is put in front of them where it is wanted.
    """

    law: Callable[..., None]
    assertion: str
    begins: str = "synced"
    tracker: bool = False
    more: tuple[Any, ...] = ()


CATCHES = {
    "match by title": Catch(
        people.test_a_renamed_issue_gets_its_title_back, 'assert kinds(report) == ["update_issue"]'
    ),
    "retry POST": Catch(
        lost.test_an_answer_lost_after_it_took_effect_gives_no_second_issue,
        "assert _has_each_once(world)",
        "written",
        tracker=True,
        more=(4,),
    ),
    "forget closed issues": Catch(
        edits.test_regenerating_the_whole_plan_without_links_finds_every_issue_again,
        'assert "create_issue" not in kinds(report)',
    ),
    "first page only": Catch(
        edits.test_without_links_and_without_a_store_the_markers_tell_everything, "assert kinds(synced.sync()) == []"
    ),
    "no intent": Catch(
        lost.test_without_a_later_create_it_waits_for_the_quarantine, "assert waiting.failed", "written", tracker=True
    ),
    "no compare-and-swap": Catch(
        saves.test_what_a_person_saves_meanwhile_is_kept_and_the_links_come_as_well,
        'assert "known to everyone" in world.read()',
        "written",
    ),
    "marker ignored": Catch(
        lost.test_a_strangers_copy_of_a_marker_is_inert, "assert only(report).problems == ()", "written", tracker=True
    ),
    "clock of this machine": Catch(
        lost.test_the_clock_of_this_machine_decides_nothing_that_the_trackers_clock_must,
        "assert kinds(waiting) == []",
        "written",
        tracker=True,
        more=(-1,),
    ),
    "baseline advanced early": Catch(
        saves.test_a_tick_that_could_not_be_written_comes_with_the_next_run_and_reopens_nothing,
        "assert kinds(report) == []",
        "written",
    ),
    "body from a stale reading": Catch(
        people.test_what_a_person_writes_while_a_run_goes_on_stays, 'assert after.startswith("Written a moment ago.")'
    ),
    "id before text": Catch(
        edits.test_an_id_given_to_quite_another_task_is_another_task,
        'assert kinds(report).count("create_issue") == 1',
        "nothing",
    ),
    "likeness alone": Catch(
        edits.test_one_number_or_name_makes_it_another_task,
        "assert world.number(after) != number",
        "nothing",
        more=("Keep parcels for 30 days in the store", "Keep parcels for 90 days in the store"),
    ),
    "orphans of an unread plan": Catch(
        fuses.test_nothing_is_removed_while_another_plan_cannot_be_read,
        'assert "close_issue" not in kinds(report)',
        "nothing",
    ),
    "labels as a list": Catch(
        people.test_removed_labels_come_back_and_peoples_labels_stay,
        'assert synced.issues()[TITLES[4]].labels == {"plansync", "help wanted"}',
    ),
    "no fuse": Catch(
        fuses.test_more_than_five_and_a_fifth_of_the_issues_are_not_removed_at_once,
        "assert kinds(report) == []",
        "nothing",
    ),
    "seen once": Catch(removals.test_a_removal_is_seen_twice_before_the_issue_is_closed, "assert kinds(first) == []"),
    "text as it is": Catch(
        tables.test_mentions_references_and_quick_actions_in_a_plan_are_inert,
        'assert "@everyone" not in issue.body',
        "nothing",
    ),
}


@pytest.fixture
def tracker() -> FakeTracker:
    return FakeTracker(clock=TickingClock())


@pytest.fixture
def world(tmp_path: Path, tracker: FakeTracker) -> Iterator[World]:
    made = fake_world(tmp_path, tracker=tracker)
    yield made
    made.store.close()


def obey(name: str, world: World, tracker: FakeTracker) -> None:
    """Let the law act that is to catch the variant."""
    catch = CATCHES[name]
    if catch.begins != "nothing":
        world.write(PLAN)
    if catch.begins == "synced":
        world.sync()
    catch.law(world, *((tracker,) if catch.tracker else ()), *catch.more)


@pytest.mark.parametrize("name", VARIANTS)
def test_a_naive_variant_is_caught_by_the_assertion_that_was_named(
    name: str, world: World, tracker: FakeTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    VARIANTS[name].make(monkeypatch)
    with pytest.raises(AssertionError) as caught:
        obey(name, world, tracker)
    frames = traceback.extract_tb(caught.tb)
    failed = [frame.line for frame in frames if Path(frame.filename).parent == LAWS]
    assert failed[-1:] == [CATCHES[name].assertion]


@pytest.mark.parametrize("name", VARIANTS)
def test_plansync_itself_obeys_the_law(name: str, world: World, tracker: FakeTracker) -> None:
    obey(name, world, tracker)


def test_at_least_twelve_mistakes_are_told() -> None:
    assert CATCHES.keys() == VARIANTS.keys()
    assert len(VARIANTS) >= 12
