"""A GitHub for the tests of what hosts have in common; every request and answer must fit GitHub's description."""

from collections.abc import Iterator

import pytest

from tests.servers.github import GitHub, serve
from tests.servers.openapi import rest
from tests.support.clocks import FakeClock
from tests.unit.trackers.hosted.sites import Site


@pytest.fixture
def site() -> Iterator[Site]:
    clock = FakeClock()
    github = GitHub(clock, login="plansync-bot")
    github.accountant.off()
    with serve(github, rest().check) as server:
        yield Site(github, server, clock)
