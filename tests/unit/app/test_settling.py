"""Creates whose answer was lost, settled by what the listing shows (spec §4.7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from plansync.app.request import SyncRequest, Target, Workshop
from plansync.app.runlog import RunLog
from plansync.app.settle import settle_intents
from plansync.app.survey import Surveyor
from plansync.core.identity import PhaseKey, PlanKey, item_key, phase_key
from plansync.core.model import ItemKind
from plansync.core.parser import parse_plan
from tests.support.example import PLAN, TITLES
from tests.support.fake_tracker import FakeTracker
from tests.support.world import World, fake_world

MAP = item_key(PlanKey("021-parcels"), ItemKind.TASK, TITLES[4], 0)
READING: PhaseKey = phase_key(PlanKey("021-parcels"), "1", "Reading", 0)
OTHER = "t-0000000000000000"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = fake_world(tmp_path)
    made.write(PLAN)
    yield made
    made.store.close()


def _settle(world: World, target: Target | None = None) -> tuple[frozenset[str], list[tuple[str, str]]]:
    """Survey the world and settle; return what waits, and the errors told."""
    chosen = target or world.target()
    workshop = Workshop((chosen,), world.store, world.clock, parse_plan, "host:1:1")
    survey = Surveyor(workshop, chosen, SyncRequest(), parse_plan).survey()
    log = RunLog(chosen, SyncRequest())
    return settle_intents(chosen, survey, world.store.journal, log), log.errors


def _intend(world: World, key: str) -> None:
    """Note a create that is about to be sent now."""
    journal = world.store.journal
    run = journal.start("web", "once", world.clock.now())
    journal.intend(run, "project", "021-parcels", key, world.clock.now())


def _unsettled(world: World) -> list[str]:
    return [intent.key for intent in world.store.journal.unsettled("project")]


@pytest.mark.parametrize("key", [MAP, READING])
def test_a_create_that_the_listing_shows_took_effect(world: World, key: str) -> None:
    world.sync()
    _intend(world, key)
    assert _settle(world) == (frozenset(), [])
    assert _unsettled(world) == []


def test_a_later_create_of_ours_shows_that_it_did_not(world: World) -> None:
    world.sync()
    _intend(world, OTHER)
    world.clock.advance()
    assert _settle(world)[0] == {OTHER}
    world.edit("  - [ ] Store", "  - [ ] Weigh parcels\n  - [ ] Store")
    world.sync()
    assert _settle(world) == (frozenset(), [])


def test_what_others_opened_later_shows_nothing(world: World) -> None:
    _intend(world, OTHER)
    world.clock.advance()
    world.people.create_issue("By hand")
    assert _settle(world)[0] == {OTHER}


def test_until_the_quarantine_has_passed_it_waits_and_says_until_when(world: World) -> None:
    _intend(world, OTHER)
    at = world.clock.now() + timedelta(minutes=10)
    waiting, errors = _settle(world)
    assert waiting == {OTHER}
    assert errors[0][0] == f"the answer to the creation of {OTHER} was lost; it is repeated from {at:%H:%M:%S} UTC on"
    world.clock.advance(timedelta(minutes=10))
    assert _settle(world) == (frozenset(), [])


def test_a_tracker_whose_listing_is_never_behind_settles_at_once(world: World) -> None:
    tracker = FakeTracker(clock=world.clock)
    tracker.capabilities = replace(tracker.capabilities, quarantine=False)
    _intend(world, OTHER)
    assert _settle(world, replace(world.target(), tracker=tracker)) == (frozenset(), [])
