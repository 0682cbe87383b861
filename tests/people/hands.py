"""What people do at a tracker beyond the everyday: each tracker has its own way, and not every one has all."""

from __future__ import annotations

from typing import Any, Protocol

from plansync.trackers.local.desk import LocalDesk
from tests.servers.github import labels
from tests.servers.github.people import GitHubPeople
from tests.servers.gitlab.people import GitLabPeople
from tests.support.people import LocalPeople


class CannotBeDone(Exception):
    """This tracker knows no such thing."""


class Hands(Protocol):
    """Somebody with the right to do more than most. What a tracker does not know raises ``CannotBeDone``."""

    def take_out_of_milestone(self, number: int) -> None: ...
    def rename_milestone(self, milestone: int, title: str) -> None: ...
    def close_milestone(self, milestone: int) -> None: ...
    def rename_label(self, name: str, new: str) -> None: ...
    def delete_label(self, name: str) -> None: ...
    def lock(self, number: int) -> None: ...
    def transfer(self, number: int) -> str:
        """Move an issue to another project of the host; return the end of its address there."""

    def convert(self, number: int) -> None:
        """Make something else of an issue: a discussion, or an epic."""


class LocalHands:
    """At the embedded tracker."""

    def __init__(self, people: LocalPeople) -> None:
        self._desk: LocalDesk = people.desk

    def take_out_of_milestone(self, number: int) -> None:
        self._desk.set_milestone(number, None, "ann")

    def rename_milestone(self, milestone: int, title: str) -> None:
        self._desk.change_milestone(milestone, title=title)

    def close_milestone(self, milestone: int) -> None:
        self._desk.change_milestone(milestone, closed=True)

    def rename_label(self, name: str, new: str) -> None:
        raise CannotBeDone

    def delete_label(self, name: str) -> None:
        raise CannotBeDone

    def lock(self, number: int) -> None:
        raise CannotBeDone

    def transfer(self, number: int) -> str:
        raise CannotBeDone

    def convert(self, number: int) -> None:
        raise CannotBeDone


class GitHubHands:
    """At GitHub."""

    def __init__(self, people: GitHubPeople) -> None:
        self._people = people

    def take_out_of_milestone(self, number: int) -> None:
        self._people.put_in_milestone(number, None)

    def rename_milestone(self, milestone: int, title: str) -> None:
        self._people.change_milestone(milestone, title=title)

    def close_milestone(self, milestone: int) -> None:
        self._people.change_milestone(milestone, state="closed")

    def rename_label(self, name: str, new: str) -> None:
        people = self._people
        with people.world.lock:
            label = labels.find(people.world, people.repository, name)
            assert label is not None
            labels.change(people.world, people.repository, people.desk.actor, label, name=new)

    def delete_label(self, name: str) -> None:
        self._people.delete_label(name)

    def lock(self, number: int) -> None:
        self._people.lock(number)

    def transfer(self, number: int) -> str:
        self._people.world.add_repository("acme/shop")
        return f"/acme/shop/issues/{self._people.transfer(number, 'acme/shop')})"

    def convert(self, number: int) -> None:
        self._people.delete(number)  # a discussion is no issue any more, and answers as a deleted one does


class GitLabHands:
    """At GitLab."""

    def __init__(self, people: GitLabPeople) -> None:
        self._people = people

    def take_out_of_milestone(self, number: int) -> None:
        self._people.set_milestone(number, None)

    def rename_milestone(self, milestone: int, title: str) -> None:
        self._people.rename_milestone(milestone, title)

    def close_milestone(self, milestone: int) -> None:
        self._people.close_milestone(milestone)

    def rename_label(self, name: str, new: str) -> None:
        self._label(name).name = new

    def delete_label(self, name: str) -> None:
        self._people.scribe.desk.delete_label(self._label(name))

    def lock(self, number: int) -> None:
        self._people.lock(number)

    def transfer(self, number: int) -> str:
        moved = self._people.move(number, self._people.state.add_project("acme/platform/shop"))
        return f"/acme/platform/shop/-/issues/{moved.iid})"

    def convert(self, number: int) -> None:
        self._people.promote(number)

    def _label(self, name: str) -> Any:
        label = self._people.state.find_label(self._people.project, name)
        assert label is not None
        return label


def hands_of(people: Any) -> Hands:
    """Return the hands of whoever works at a world's tracker."""
    match people:
        case LocalPeople():
            return LocalHands(people)
        case GitHubPeople():
            return GitHubHands(people)
        case GitLabPeople():
            return GitLabHands(people)
        case _:
            raise CannotBeDone
