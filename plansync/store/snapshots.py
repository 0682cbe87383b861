"""Snapshots of tracker projects as rows of JSON that only the adapters understand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, text

from plansync.ports.snapshots import Json, Snapshot
from plansync.store.database import Database
from plansync.store.tables import snapshot_rows, snapshots

_PUT_HEAD = text(
    "INSERT INTO snapshots (name, head) VALUES (:name, :head) ON CONFLICT (name) DO UPDATE SET head = excluded.head"
)
_PUT_ROW = text(
    "INSERT INTO snapshot_rows (name, number, data) VALUES (:name, :number, :data)"
    " ON CONFLICT (name, number) DO UPDATE SET data = excluded.data"
)


class SqlSnapshots:
    """Snapshots as a head and rows, which go with it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, name: str) -> Snapshot | None:
        of_rows = select(snapshot_rows.c.number, snapshot_rows.c.data).where(snapshot_rows.c.name == name)
        with self._database.reading() as connection:
            head = connection.scalar(select(snapshots.c.head).where(snapshots.c.name == name))
            if head is None:
                return None
            rows = connection.execute(of_rows.order_by(snapshot_rows.c.number)).all()
        try:
            return Snapshot(_read(head), {number: _read(data) for number, data in rows})
        except ValueError:
            return None

    def head(self, name: str) -> Json | None:
        with self._database.reading() as connection:
            head = connection.scalar(select(snapshots.c.head).where(snapshots.c.name == name))
        try:
            return None if head is None else _read(head)
        except ValueError:
            return None

    def save(self, name: str, head: Json, rows: Mapping[int, Json | None]) -> None:
        put = _Written(name, head, {number: row for number, row in rows.items() if row is not None})
        gone = [{"gone": number} for number, row in rows.items() if row is None]
        of_us = delete(snapshot_rows).where(snapshot_rows.c.name == name)
        with self._database.writing() as connection:
            put.store(connection)
            if gone:
                connection.execute(of_us.where(snapshot_rows.c.number == bindparam("gone")), gone)

    def replace(self, name: str, snapshot: Snapshot) -> None:
        put = _Written(name, snapshot.head, snapshot.rows)
        with self._database.writing() as connection:
            _drop(connection, name)
            put.store(connection)

    def drop(self, name: str) -> None:
        with self._database.writing() as connection:
            _drop(connection, name)


class _Written:
    """Head and rows as JSON, which takes its time and so is made before anybody has to wait for the transaction."""

    def __init__(self, name: str, head: Json, rows: Mapping[int, Json]) -> None:
        self._head = {"name": name, "head": _json(head)}
        self._rows = [{"name": name, "number": number, "data": _json(row)} for number, row in rows.items()]

    def store(self, connection: Connection) -> None:
        connection.execute(_PUT_HEAD, self._head)
        if self._rows:
            connection.execute(_PUT_ROW, self._rows)


def _drop(connection: Connection, name: str) -> None:
    connection.execute(delete(snapshots).where(snapshots.c.name == name))


def _json(value: Json) -> str:
    """Return ``value`` as JSON in ASCII, which every database keeps whatever the value's texts hold."""
    return json.dumps(dict(value), separators=(",", ":"))


def _read(data: str) -> dict[str, Any]:
    """Return the object that ``data`` is; raises ``ValueError`` where it is none."""
    value = json.loads(data)
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value
