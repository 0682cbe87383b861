"""Writing milestones in the embedded tracker, in the manner of the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from plansync.errors import IssueGone
from plansync.trackers.local.tables import milestones


class Shelf:
    """The milestones within one transaction; ``wrote`` says whether anything was changed."""

    def __init__(self, connection: Connection, at: datetime) -> None:
        self.wrote = False
        self._connection = connection
        self._at = at

    def milestone(self, number: int) -> Row[Any]:
        """Return a milestone's row as it is now; raises ``IssueGone``."""
        row = self._connection.execute(select(milestones).where(milestones.c.number == number)).one_or_none()
        if row is None:
            raise IssueGone(f"milestone {number} does not exist")
        return row

    def open(self, title: str, description: str) -> int:
        """Open a milestone and return its number. Titles need not differ."""
        self.wrote = True
        row = insert(milestones).values(
            title=title, description=description, closed=False, created_at=self._at, updated_at=self._at
        )
        return int(self._connection.execute(row.returning(milestones.c.number)).scalar_one())

    def change(self, number: int, **fields: object) -> bool:
        """Set title, description or closed where they differ."""
        row = self.milestone(number)
        new = {name: value for name, value in fields.items() if getattr(row, name) != value}
        if not new:
            return False
        self.wrote = True
        self._connection.execute(
            update(milestones).where(milestones.c.number == number).values(updated_at=self._at, **new)
        )
        return True

    def delete(self, number: int) -> None:
        """Delete a milestone; its issues are in none then."""
        self.milestone(number)
        self.wrote = True
        self._connection.execute(delete(milestones).where(milestones.c.number == number))
