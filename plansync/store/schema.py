"""The schema's revision: whether a database is new, current, older or made by a newer plansync.

Importing Alembic costs more time than a whole quiet run, so that it is left to those that really migrate: a new
database is made from the tables and stamped, and the revision of an existing one is read by hand.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, insert, inspect, select

from plansync.errors import StoreError
from plansync.store.database import Database
from plansync.store.tables import fence, metadata, version

REVISIONS = ("0001", "0002", "0003", "0004", "0005")
"""Every revision of ``migrations/``, oldest first."""
HEAD = REVISIONS[-1]


_TURN = 0x706C616E73796E63
"""The key of the advisory lock that whoever changes the schema of a shared database holds."""


def prepare(database: Database) -> None:
    """Bring the schema of a database of our own to the newest revision: made if new, migrated if older.

    One that is shared is only looked at: processes of several versions may use it, and people say when it changes.
    Raises ``StoreError`` when a newer plansync made it, when it belongs to another program, or when it is shared and
    not at the newest revision.
    """
    with database.reading() as connection:
        found = _revision(connection, database.place)
    if found == HEAD:
        return
    if database.is_shared:
        state = "is empty" if found is None else f"is of revision {found or 'none'}, and this version needs {HEAD}"
        raise StoreError(f"the state database {database.place} {state}", hint="Run plansync db upgrade once.")
    upgrade(database)


def upgrade(database: Database) -> str | None:
    """Bring any schema to the newest revision, one process after the other; return what it was, None for none.

    Raises as :func:`prepare` does.
    """
    with database.writing() as connection:
        if database.is_shared:
            connection.execute(select(func.pg_advisory_xact_lock(_TURN)))
        found = _revision(connection, database.place)
        match found:
            case None:
                _create(connection)
            case older if older != HEAD:
                _migrate(connection)
        return found


def check_still(connection: Connection, place: str) -> None:
    """Raise ``StoreError`` if the database was brought to another revision since it was opened."""
    found = connection.execute(select(version.c.version_num)).scalar()
    if found != HEAD:
        raise StoreError(
            f"the state database {place} is of revision {found} now, and this process needs {HEAD}",
            hint="Start it again, as the version of plansync that upgraded the database.",
        )


def _revision(connection: Connection, place: str) -> str | None:
    """Return the revision, ``""`` for a stamp without one, None for an empty database."""
    tables = inspect(connection).get_table_names()
    if version.name not in tables:
        if not tables:
            return None
        raise StoreError(
            f"{place} is the database of another program",
            hint="Name another one in state.url, of plansync's own.",
        )
    found = connection.execute(select(version.c.version_num)).scalar() or ""
    if found and found not in REVISIONS:
        raise StoreError(
            f"the state database {place} was made by a newer plansync (revision {found}, known up to {HEAD})",
            hint="Use that version of plansync, or move the database away: it is rebuilt from plans and markers.",
        )
    return found


def _create(connection: Connection) -> None:
    metadata.create_all(connection, checkfirst=False)
    version.create(connection)
    connection.execute(insert(version).values(version_num=HEAD))
    connection.execute(insert(fence).values(id=1, token=0))


def _migrate(connection: Connection) -> None:
    from plansync.store.migrate import migrate  # noqa: PLC0415 - Alembic takes 0.4 s, and is hardly ever needed

    migrate(connection)
