"""The snapshot port: what a tracker adapter remembers of its project between runs. A cache: losing it costs requests.

A snapshot has a head and numbered rows, both JSON that only the adapter understands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One snapshot as it was last saved."""

    head: Json = field(default_factory=dict)
    rows: Mapping[int, Json] = field(default_factory=dict)


class Snapshots(Protocol):
    """Keeps snapshots by name. Any method may raise ``StoreError``; every call is one transaction."""

    def load(self, name: str) -> Snapshot | None:
        """Return the snapshot, or None when it was never saved, or cannot be read."""

    def head(self, name: str) -> Json | None:
        """Return the head alone, or None when there is none, or it cannot be read."""

    def save(self, name: str, head: Json, rows: Mapping[int, Json | None]) -> None:
        """Replace the head and the rows given (None: the row goes); other rows stay."""

    def replace(self, name: str, snapshot: Snapshot) -> None:
        """Replace head and all rows."""

    def drop(self, name: str) -> None:
        """Forget the snapshot."""
