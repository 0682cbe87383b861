"""A state database on PostgreSQL put back from a dump of a week ago, as the guide to operating says (spec §3.2)."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from plansync.store.open import open_store, upgrade
from tests.support.example import FEED, MAP, PAGES, PLAN, SEND, STORE
from tests.support.postgres import PASSWORD, Server, programs, shared_server
from tests.support.world import World, kinds, local_world

NEW = "Weigh every parcel twice"


@pytest.fixture
def server() -> Server:
    return shared_server()


@pytest.fixture
def database(server: Server) -> Iterator[str]:
    with server.database() as name:
        yield name


def run(server: Server, program: str, *options: str, given: bytes = b"") -> bytes:
    """Run one of PostgreSQL's programs and return what it wrote."""
    words = [str(programs(server.folder) / program), "--host", str(server.folder), "--username=plansync", *options]
    env = {**os.environ, "PGPASSWORD": PASSWORD}
    return subprocess.run(words, input=given, env=env, check=True, capture_output=True).stdout


def mark(world: World, text: str, old: str, new: str) -> None:
    line = next(line for line in world.read().splitlines() if text in line)
    world.edit(line, line.replace(old, new))


def is_ticked(world: World, text: str) -> bool:
    return any(text in line and "[x]" in line for line in world.read().splitlines())


def test_a_dump_of_a_week_ago_opens_nothing_twice_and_takes_nothing_back(
    server: Server, database: str, tmp_path: Path
) -> None:
    url = server.url(database)
    upgrade(url)
    world = local_world(tmp_path)
    world.store.close()
    world.store = open_store(url)
    world.write(PLAN)
    world.sync()
    mark(world, STORE, "[ ]", "[x]")
    world.sync()
    dump = run(server, "pg_dump", "--format=custom", f"--dbname={database}")

    world.clock.advance(timedelta(days=7))
    feed, store, send = (world.number(text) for text in (FEED, STORE, SEND))
    mark(world, FEED, "[ ]", "[x]")
    mark(world, PAGES, "Answer", "Answer every")
    mark(world, MAP, "- [ ] ", f"- [ ] {NEW}\n  - [ ] ")
    world.people.reopen(store)
    world.sync()
    assert (is_ticked(world, FEED), is_ticked(world, STORE)) == (True, False)
    world.people.reopen(feed)
    world.people.close(store)
    mark(world, SEND, "[ ]", "[x]")

    world.store.close()
    run(server, "pg_restore", f"--dbname={database}", "--clean", "--if-exists", given=dump)
    with closing(open_store(url)) as restored:
        world.store = restored
        assert "create_issue" not in kinds(world.sync())
        assert (is_ticked(world, FEED), is_ticked(world, STORE), is_ticked(world, SEND)) == (False, True, True)
        closed = {issue.number for issue in world.all_issues() if issue.closed is not None}
        assert closed == {store, send}
        titles = [issue.title for issue in world.all_issues()]
        assert sorted(titles) == sorted(set(titles))
        before = world.read()
        assert kinds(world.sync()) == []
        assert world.read() == before
