"""Snapshots that live in memory; they keep the laws of the port."""

import json
from collections.abc import Mapping

from plansync.ports.snapshots import Json, Snapshot


class MemorySnapshots:
    """Keeps what a database would give back: values that went through JSON, and that nobody else holds."""

    def __init__(self) -> None:
        self._heads: dict[str, str] = {}
        self._rows: dict[str, dict[int, str]] = {}

    def load(self, name: str) -> Snapshot | None:
        if name not in self._heads:
            return None
        rows = {number: json.loads(row) for number, row in sorted(self._rows[name].items())}
        return Snapshot(json.loads(self._heads[name]), rows)

    def head(self, name: str) -> Json | None:
        head: Json | None = json.loads(self._heads[name]) if name in self._heads else None
        return head

    def save(self, name: str, head: Json, rows: Mapping[int, Json | None]) -> None:
        written = {number: None if row is None else json.dumps(dict(row)) for number, row in rows.items()}
        self._heads[name] = json.dumps(dict(head))
        merged = {**self._rows.get(name, {}), **written}
        self._rows[name] = {number: row for number, row in merged.items() if row is not None}

    def replace(self, name: str, snapshot: Snapshot) -> None:
        others: dict[int, Json | None] = dict.fromkeys(self._rows.get(name, {}))
        self.save(name, snapshot.head, {**others, **snapshot.rows})

    def drop(self, name: str) -> None:
        self._heads.pop(name, None)
        self._rows.pop(name, None)
