"""``plansync db``, and the state on PostgreSQL as the command line sees it."""

import shutil
from pathlib import Path

from plansync.store.open import upgrade
from tests.support.postgres import PASSWORD
from tests.support.shell import Shell

PLANS = Path(__file__).parents[1] / "plans"


def test_an_sqlite_database_is_made_and_found_again(plansync: Shell) -> None:
    assert "made, revision" in plansync("db", "upgrade").stdout
    assert "already" in plansync("db", "upgrade").stdout
    assert plansync("db", "upgrade", "--quiet").stdout == ""


def test_plans_are_kept_in_step_with_the_state_on_postgresql(plansync: Shell, empty_postgres_url: str) -> None:
    shutil.copy(PLANS / "believable.md", plansync.write("plans/a.md", ""))
    on_server = plansync.given(PLANSYNC_STATE__URL=empty_postgres_url)
    refused = on_server("once", code=1)
    assert "hint: Run plansync db upgrade" in refused.stderr
    made = on_server("db", "upgrade")
    assert "made, revision" in made.stdout
    assert "already" in on_server("db", "upgrade").stdout
    first, second = on_server("once"), on_server("once", "--json")
    assert "created" in first.stdout
    assert '"writes": 0' in second.stdout
    assert PASSWORD not in "".join(done.stdout + done.stderr for done in (refused, made, first, second))
    assert not (plansync.folder / ".plansync/state.db").exists()


def test_a_server_that_is_not_there_is_one_line(plansync: Shell) -> None:
    url = f"postgresql+psycopg://ann:{PASSWORD}@127.0.0.1:1/state"
    done = plansync.given(PLANSYNC_STATE__URL=url)("db", "upgrade", code=1)
    assert done.stderr.startswith(
        "plansync: the state database postgresql+psycopg://***@127.0.0.1:1/state does not answer"
    )
    assert PASSWORD not in done.stderr


def test_a_worker_needs_a_database_that_others_reach(plansync: Shell) -> None:
    done = plansync("worker", code=2)
    assert "needs a state database that several machines share" in done.stderr
    assert "PLANSYNC_STATE__URL" in done.stderr


def test_daemons_and_workers_do_not_begin_on_a_database_without_their_tables(
    plansync: Shell, empty_postgres_url: str
) -> None:
    upgrade(empty_postgres_url)
    for command in ("daemon", "worker"):
        done = plansync.given(PLANSYNC_STATE__URL=empty_postgres_url)(command, code=1)
        assert "hint: Run plansync db upgrade once." in done.stderr
