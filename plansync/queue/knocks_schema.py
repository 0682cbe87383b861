"""Procrastinate's tables: made, and brought to the version that is installed (``plansync db upgrade``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from typing import TYPE_CHECKING, Any

from plansync.errors import StoreError, StoreUnavailable
from plansync.queue.knocks import Words

if TYPE_CHECKING:
    from psycopg import Connection

_TURN = 0x706C616E71756575
_NOTES = "plansync_knocks_schema"
_MAKE = "CREATE TABLE IF NOT EXISTS plansync_knocks_schema (migration VARCHAR PRIMARY KEY)"
_NOTE = "INSERT INTO plansync_knocks_schema VALUES (%s)"
_NOTED = "SELECT migration FROM plansync_knocks_schema"
_HINT = "Run plansync db upgrade once."


def install(words: Words) -> None:
    """Make the tables, or bring them up to date, one process after the other. Raises ``StoreError``."""
    with _connected(words) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_TURN,))
        connection.execute(_MAKE)
        done = _done(connection)
        if not done:
            connection.execute(_text("schema.sql"))
        for migration in migrations():
            if migration not in done:
                if done:
                    connection.execute(_text("migrations", migration))
                connection.execute(_NOTE, (migration,))


def check(words: Words) -> None:
    """Raise ``StoreError`` unless the tables are there and up to date."""
    with _connected(words) as connection:
        is_there = connection.execute("SELECT to_regclass(%s)", (_NOTES,)).fetchone()
        missing = set(migrations()) - _done(connection) if is_there and is_there[0] else {"all"}
    if missing:
        raise StoreError("the state database has no tables for several machines yet, or old ones", hint=_HINT)


def migrations() -> Sequence[str]:
    """Return the names of Procrastinate's migrations, oldest first."""
    folder = resources.files("procrastinate.sql") / "migrations"
    return sorted(file.name for file in folder.iterdir() if file.name.endswith(".sql"))


def _text(*path: str) -> Any:
    """Return a file of Procrastinate's; psycopg wants to know of every text that it was written by a programmer."""
    return resources.files("procrastinate.sql").joinpath(*path).read_text("utf-8")


def _done(connection: Connection[Any]) -> frozenset[str]:
    return frozenset(name for (name,) in connection.execute(_NOTED))


@contextmanager
def _connected(words: Words) -> Iterator[Connection[Any]]:
    """Open one transaction."""
    import psycopg  # noqa: PLC0415 - an extra

    try:
        with psycopg.connect(**dict(words)) as connection:  # type: ignore[arg-type]
            yield connection
    except psycopg.OperationalError as error:
        raise StoreUnavailable(f"the state database does not answer: {' '.join(str(error).split())}") from error
    except psycopg.Error as error:
        raise StoreError(f"the state database failed: {' '.join(str(error).split())}") from error
