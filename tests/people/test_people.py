"""The table of what people do, acted out on each tracker; the page says the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.people.events import AT_TRACKER, EVENTS, IN_PLAN, Event, Scene
from tests.people.hands import CannotBeDone, hands_of
from tests.servers.gitlab import GitLab
from tests.support.example import PLAN
from tests.support.hosted_worlds import WORLDS, HostedWorld
from tests.support.world import World, kinds, local_world

PAGE = (Path(__file__).parents[2] / "docs/people.md").read_text("utf-8")
ROW = re.compile(r"^\| (?P<what>[^|]+?) +\| (?P<outcome>.+?) +\|$", re.MULTILINE)
NOT_LOCAL = {
    "label_renamed", "label_deleted", "transferred", "locked", "converted",
}  # fmt: skip
"""What the embedded tracker does not know."""


@pytest.fixture(params=["local", *WORLDS])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with ExitStack() as stack:
        made = local_world(tmp_path) if request.param == "local" else WORLDS[request.param](tmp_path, stack, free=True)
        if isinstance(made, HostedWorld) and isinstance(made.server.service, GitLab):
            made.server.service.licensed = True  # epics are to be had with a licence alone
        made.write(PLAN)
        made.sync()
        yield made
        made.store.close()


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.act.__name__)
def test_what_people_do_has_the_outcome_that_is_documented(
    event: Event, world: World, request: pytest.FixtureRequest
) -> None:
    scene = Scene(world, hands_of(world.people))
    try:
        event.act(scene)
    except CannotBeDone:
        assert event.act.__name__ in NOT_LOCAL
        assert request.node.callspec.params["world"] == "local"
        return
    scene.sync()
    before, writes = world.read(), world.tracker.traffic.writes
    assert kinds(world.sync()) == []
    assert (world.read(), world.tracker.traffic.writes) == (before, writes)


def test_the_page_shows_the_table() -> None:
    rows = {section: ROW.findall(text) for section, text in _sections()}
    for where in (AT_TRACKER, IN_PLAN):
        wanted = [(event.what, event.outcome) for event in EVENTS if event.where == where]
        assert [row for row in rows[where] if row[0] not in {"What people do", "---"}] == wanted


def _sections() -> Iterator[tuple[str, str]]:
    for part in PAGE.split("\n## ")[1:]:
        name, _, text = part.partition("\n")
        yield name, text
