"""What the page on operating says of backups holds: they are made with the service at work, and go back as it says."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.deploy.test_operating_page import LINES, ROOT
from tests.support.postgres import PASSWORD, programs
from tests.support.shell import Shell


@pytest.fixture
def shop(tmp_path: Path) -> Shell:
    """A folder with the sample plan."""
    shutil.copytree(ROOT / "examples/plans", tmp_path / "shop/plans")
    return Shell(tmp_path / "shop")


def line_with(*words: str) -> list[str]:
    """Return the words of the one command of the page that has these, without where it reads and writes."""
    (found,) = (line for line in LINES if all(word in shlex.split(line) for word in words))
    return shlex.split(found.partition(" > ")[0].partition(" < ")[0])


def writes(shop: Shell) -> int:
    """Sync, and return how many requests wrote."""
    report = json.loads(shop("once", "--json").stdout)
    return sum(target["writes"] for target in report["targets"])


def everything(shop: Shell) -> tuple[str, str]:
    """Return the plan and the list of issues."""
    return shop.read("plans/saved-searches.md"), shop("local", "list", "--all").stdout


def test_an_older_sqlite_backup_goes_back_and_the_next_sync_is_quiet(shop: Shell) -> None:
    if shutil.which("sqlite3") is None:
        pytest.skip("no sqlite3 here")
    shop("once")
    assert shop.run(*line_with("sqlite3", ".plansync/state.db")).returncode == 0
    shop("local", "close", "1")
    shop("once")
    before = everything(shop)
    for name in ("state.db-wal", "state.db-shm"):
        (shop.folder / ".plansync" / name).unlink(missing_ok=True)
    (shop.folder / "state.backup.db").replace(shop.folder / ".plansync/state.db")
    shop("once")
    assert writes(shop) == 0
    assert everything(shop) == before


def test_a_dump_of_postgresql_goes_back_and_the_next_sync_is_quiet(
    shop: Shell, empty_postgres_url: str, tmp_path: Path
) -> None:
    on_server = shop.given(PLANSYNC_STATE__URL=empty_postgres_url)
    on_server("db", "upgrade")
    on_server("once")
    dump = tmp_path / "plansync.dump"
    dump.write_bytes(on_database("pg_dump", empty_postgres_url, b"", tmp_path))
    on_server("local", "close", "1")
    on_server("once")
    before = everything(on_server)
    on_database("pg_restore", empty_postgres_url, dump.read_bytes(), tmp_path)
    assert "already" in on_server("db", "upgrade").stdout
    on_server("once")
    assert writes(on_server) == 0
    assert everything(on_server) == before


def on_database(program: str, url: str, given: bytes, near: Path) -> bytes:
    """Run a program of PostgreSQL with the page's options on the database of ``url``."""
    command = line_with(program)
    options = [word for word in command[command.index(program) + 1 :] if word.startswith("--")]
    place = urlsplit(url.replace("+psycopg", ""))
    name = place.path.removeprefix("/")
    named = {f"--dbname={name}"} if "--dbname=plansync" in options else {name}
    kept = [word for word in options if not word.startswith("--dbname=")]
    (host,) = parse_qs(place.query)["host"]
    done = subprocess.run(
        [programs(near) / program, *kept, *named],
        input=given,
        env={"PGHOST": host, "PGPASSWORD": PASSWORD},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout
