"""People at a tracker: what tests do by hand, whatever tracker it is."""

from pathlib import Path
from typing import Protocol

from plansync.ports.clock import Clock
from plansync.trackers.local.desk import LocalDesk


class People(Protocol):
    """Somebody who is not plansync, with the right to write."""

    def create_issue(self, title: str, body: str = "") -> int: ...
    def close(self, number: int, *, not_planned: bool = False) -> None: ...
    def reopen(self, number: int) -> None: ...
    def comment(self, number: int, text: str) -> None: ...
    def comments(self, number: int) -> list[tuple[str, str]]:
        """Return author and text of each comment, oldest first."""

    def rename(self, number: int, title: str) -> None: ...
    def set_body(self, number: int, body: str) -> None: ...
    def add_label(self, number: int, name: str) -> None: ...
    def remove_label(self, number: int, name: str) -> None: ...
    def assign(self, number: int, name: str) -> None: ...
    def delete(self, number: int) -> None: ...
    def create_milestone(self, title: str, description: str = "") -> int: ...
    def describe_milestone(self, number: int, description: str) -> None: ...
    def delete_milestone(self, number: int) -> None: ...


class LocalPeople:
    """Somebody at the embedded tracker."""

    def __init__(self, path: Path, url: str, clock: Clock, name: str = "ann") -> None:
        self.desk = LocalDesk(path, url, clock)
        self.name = name

    def create_issue(self, title: str, body: str = "") -> int:
        return self.desk.create_issue(title, body, self.name)

    def close(self, number: int, *, not_planned: bool = False) -> None:
        self.desk.close(number, not_planned=not_planned, actor=self.name)

    def reopen(self, number: int) -> None:
        self.desk.reopen(number, self.name)

    def comment(self, number: int, text: str) -> None:
        self.desk.comment(number, text, self.name)

    def comments(self, number: int) -> list[tuple[str, str]]:
        return [(comment.author, comment.text) for comment in self.desk.show(number).comments]

    def rename(self, number: int, title: str) -> None:
        self.desk.rename(number, title, self.name)

    def set_body(self, number: int, body: str) -> None:
        self.desk.set_body(number, body, self.name)

    def add_label(self, number: int, name: str) -> None:
        self.desk.add_label(number, name, self.name)

    def remove_label(self, number: int, name: str) -> None:
        self.desk.remove_label(number, name, self.name)

    def assign(self, number: int, name: str) -> None:
        self.desk.assign(number, name, self.name)

    def delete(self, number: int) -> None:
        self.desk.delete(number)

    def create_milestone(self, title: str, description: str = "") -> int:
        return self.desk.create_milestone(title, description)

    def describe_milestone(self, number: int, description: str) -> None:
        self.desk.change_milestone(number, description=description)

    def delete_milestone(self, number: int) -> None:
        self.desk.delete_milestone(number)
