"""What a hosted source remembers between runs: the branch's head, its plans, and the blobs that were read.

Losing it costs requests, and what waits for review is proposed again.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from plansync.ports.snapshots import Json, Snapshots
from plansync.sources.entries import Entry
from plansync.sources.hosted.desk import Head, Listed
from plansync.sources.hosted.proposals import Proposals

VERSION = 1


@dataclass(slots=True)
class Memory:
    """One snapshot, under ``name``."""

    snapshots: Snapshots
    name: str
    head: Head | None = None
    files: dict[bytes, Listed] = field(default_factory=dict)
    """Files of the head that are plans, and what leads to them."""
    blobs: dict[str, bytes | int] = field(default_factory=dict)
    """What was read, by name; a number is the size of one that is too large."""
    proposals: Proposals = field(default_factory=Proposals)
    _rows: dict[str, int] = field(default_factory=dict)
    _saved: Json | None = None
    _stored: dict[str, bytes | int] = field(default_factory=dict)

    def load(self) -> bool:
        """Take over what was saved, unless it is what we saved; say whether anything was taken over."""
        head = self.snapshots.head(self.name)
        if head is None or head == self._saved:
            return False
        snapshot = self.snapshots.load(self.name)
        try:
            if snapshot is None or snapshot.head["version"] != VERSION:
                return False
            self._read(snapshot.head, snapshot.rows)
        except (LookupError, TypeError, ValueError, AttributeError):
            self.head, self.files, self.blobs, self._rows, self._stored = None, {}, {}, {}, {}
            self.snapshots.drop(self.name)
            return False
        self._saved = snapshot.head
        return True

    def save(self, keep: Collection[str]) -> None:
        """Save what changed; of the blobs those that ``keep`` names."""
        kept = {name: blob for name, blob in self.blobs.items() if name in keep}
        rows: dict[int, Json | None] = {self._rows.pop(name): None for name in list(self._rows) if name not in kept}
        free = max(self._rows.values(), default=0)
        for name, blob in kept.items():
            if self._stored.get(name) != blob:
                if name not in self._rows:
                    free += 1
                    self._rows[name] = free
                rows[self._rows[name]] = _blob_json(name, blob)
        head = self._head()
        if rows or head != self._saved:
            self.snapshots.save(self.name, head, rows)
        self._saved, self._stored, self.blobs = head, dict(kept), kept

    def _head(self) -> Json:
        head = self.head or Head("")
        return {
            "version": VERSION,
            "head": [head.commit, head.tree, head.etag],
            "files": [_listed_json(listed) for listed in self.files.values()],
            "proposals": self.proposals.as_json(),
        }

    def _read(self, head: Json, rows: Mapping[int, Json]) -> None:
        commit, tree, etag = head["head"]
        files = [_listed_of(wire) for wire in head["files"]]
        proposals = Proposals.of_json(head["proposals"])
        blobs = {str(row["name"]): _blob_of(row) for row in rows.values()}
        proposals.keep_only(blobs)
        self.head = Head(commit, tree, etag) if commit else None
        self.files = {listed.entry.path: listed for listed in files}
        self.proposals, self.blobs, self._stored = proposals, blobs, dict(blobs)
        self._rows = {str(row["name"]): number for number, row in rows.items()}


def _listed_json(listed: Listed) -> list[Any]:
    entry = listed.entry
    return [
        entry.path.decode("utf-8", "surrogateescape"),
        entry.mode.decode(),
        entry.oid,
        listed.size,
        listed.changed_in,
    ]


def _listed_of(wire: Sequence[Any]) -> Listed:
    path, mode, oid, size, changed_in = wire
    return Listed(Entry(path.encode("utf-8", "surrogateescape"), mode.encode(), oid), size, changed_in)


def _blob_json(name: str, blob: bytes | int) -> Json:
    if isinstance(blob, int):
        return {"name": name, "size": blob}
    return {"name": name, "data": base64.b64encode(blob).decode()}


def _blob_of(row: Json) -> bytes | int:
    if "data" in row:
        return base64.b64decode(row["data"], validate=True)
    return int(row["size"])
