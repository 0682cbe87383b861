"""The schema's revision: whether a database is new, current, older or made by a newer plansync.

Importing Alembic costs more time than a whole quiet run, so that it is left to those that really migrate: a new
database is made from the tables and stamped, and the revision of an existing one is read by hand.
"""

from __future__ import annotations

from sqlalchemy import Connection, insert, inspect, select

from plansync.errors import StoreError
from plansync.store.database import Database
from plansync.store.tables import fence, metadata, version

REVISIONS = ("0001", "0002", "0003", "0004")
"""Every revision of ``migrations/``, oldest first."""
HEAD = REVISIONS[-1]


def prepare(database: Database) -> None:
    """Bring the schema to the newest revision: made if new, migrated if older.

    Raises ``StoreError`` when a newer plansync made it, or when the file belongs to another program.
    """
    with database.reading() as connection:
        if _revision(connection, database.place) == HEAD:
            return
    with database.writing() as connection:
        match _revision(connection, database.place):
            case None:
                _create(connection)
            case older if older != HEAD:
                _migrate(connection)


def _revision(connection: Connection, place: str) -> str | None:
    """Return the revision, ``""`` for a stamp without one, None for an empty database."""
    tables = inspect(connection).get_table_names()
    if version.name not in tables:
        if not tables:
            return None
        raise StoreError(
            f"{place} is the database of another program",
            hint="Name another file in state.url; plansync makes it.",
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
