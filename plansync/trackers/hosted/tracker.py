"""GitHub and GitLab behind the tracker port: one class for both, on a desk that speaks the host's language."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from plansync.core.audience import Audience
from plansync.core.changes import Change, CreateIssue, CreateMilestone, Failed, Outcome, Unknown, UpdateMilestone
from plansync.core.fit import Capabilities
from plansync.core.links import Address
from plansync.core.observed import ObservedState, RelationKind, StateEvent
from plansync.core.region import RegionDamaged
from plansync.core.scope import Glimpse
from plansync.errors import ChangeRefused, IssueGone, OutcomeUnknown, TrackerError
from plansync.ports.checkup import Check
from plansync.ports.snapshots import Snapshots
from plansync.ports.tracker import Asked, Heard, Traffic
from plansync.trackers.hosted.applying import Applier
from plansync.trackers.hosted.book import Book
from plansync.trackers.hosted.checks import examine
from plansync.trackers.hosted.desk import Desk
from plansync.trackers.hosted.observing import Observer


class HostedTracker:
    """One project on GitHub or GitLab, seen with one credential.

    What it learns is kept in ``snapshots`` under ``name``, so that a quiet run costs one request for the issues and
    one for each hundred milestones, which a host that knows conditional reads answers without content.
    """

    def __init__(
        self,
        desk: Desk,
        snapshots: Snapshots,
        name: str,
        address: Address,
        checkup: Callable[[], Sequence[Check]] = tuple,
    ) -> None:
        """``address`` is where the project lives as it is configured; a rename is found out.

        ``checkup`` has the checks of this kind of host, to which those of all hosts are added.
        """
        self._desk = desk
        self._snapshots = snapshots
        self._name = name
        self._address = address
        self._checkup = checkup
        self.plans_in = ""
        """The repository of the plans, where that is known; to be set before the first observation."""
        self.ask_audience: Callable[[], Audience | None] | None = None
        """Finds out who may read the plans, where they are on another host."""
        self._loaded: Book | None = None
        self._observer: Observer | None = None
        self._applier: Applier | None = None
        self._users: dict[str, str | None] = {}

    @property
    def desk(self) -> Desk:
        """Return the desk, for those who look after the connection."""
        return self._desk

    @property
    def capabilities(self) -> Capabilities:
        return self._desk.capabilities

    @property
    def address(self) -> Address:
        path, base = self._book.path, self._address
        if not path or path.casefold() == base.project.casefold():
            return base
        return replace(base, project=path, formerly=(base.project, *base.formerly))

    @property
    def traffic(self) -> Traffic:
        return Traffic(*self._desk.sent)

    def observe(self, asked: Asked) -> ObservedState:
        self._begin_with_the_latest()
        book = self._book
        observer = self._observer = self._observer or Observer(self._desk, book, self.plans_in, self.ask_audience)
        before = book.head_digest()
        state = observer.observe(asked)
        self._applier = Applier(self._desk, book, issues=dict(observer.read), is_behind=observer.is_narrow)
        self._save(whole=book.head_digest() != before)
        return state

    def apply(self, change: Change) -> Outcome:
        applier = self._applier = self._applier or Applier(self._desk, self._book)
        try:
            done = applier.carry_out(change)
            self._save()
            return done
        except RegionDamaged as error:
            return Failed(str(error), hint="Leave exactly one managed region in the text, then sync again.")
        except (ChangeRefused, IssueGone) as error:
            if isinstance(change, CreateMilestone | UpdateMilestone):
                self._ask_for_titles()
            return Failed(str(error), hint=error.hint)
        except OutcomeUnknown as error:
            if isinstance(change, CreateIssue | CreateMilestone):
                return Unknown(str(error))
            raise

    def events(self, number: int, since: datetime) -> tuple[StateEvent, ...]:
        row = self._desk.issue(number) if number not in self._book.issues else self._book.issues[number]
        if row is None:
            raise IssueGone(f"issue #{number} does not exist")
        us = self._book.login or self._desk.login()
        found = (StateEvent(event.at, event.closed, event.actor == us) for event in self._desk.happenings(row))
        return tuple(event for event in found if event.at > since)

    def relations(self, kind: RelationKind, number: int) -> frozenset[int]:
        return self._desk.related(number, kind)

    def existing_users(self, names: Collection[str]) -> frozenset[str]:
        for name in sorted(set(names) - self._users.keys()):
            self._users[name] = self._desk.assignable(name)
        return frozenset(spelled for name in names if (spelled := self._users[name]) is not None)

    def recall(self, number: int, glimpse: Glimpse) -> Heard:
        self._begin_with_the_latest()
        book = self._book
        is_us = bool(glimpse.actor) and glimpse.actor.casefold() == book.login.casefold()
        row = book.issues.get(number)
        if row is None:  # an issue that we opened may be one whose creation was never answered
            return Heard.NEWS if is_us else Heard.NOT_OURS
        return Heard.OUR_DOING if is_us and book.is_ours(number, glimpse.digest) else Heard.NEWS

    def examine(self) -> Sequence[Check]:
        return examine(self._desk, self._checkup)

    def _ask_for_titles(self) -> None:
        """Learn which titles are taken outside the project: one that was taken today may be why a milestone failed."""
        with suppress(TrackerError):
            self._book.taken_titles = tuple(sorted(self._desk.taken_titles()))
            self._save(whole=True)

    def _save(self, *, whole: bool = False) -> None:
        if whole or self._book.changed or self._book.has_new_head:
            self._book.save(self._snapshots, self._name)

    def _begin_with_the_latest(self) -> None:
        """Forget what was loaded where another process has seen more since."""
        if self._loaded is not None and self._loaded.is_stale(self._snapshots, self._name):
            self._loaded = self._observer = self._applier = None

    @property
    def _book(self) -> Book:
        if self._loaded is None:
            self._loaded = Book.load(self._snapshots, self._name)
        return self._loaded


def host_of(url: str) -> str:
    """Return host and port of a URL, without the scheme's own port, in lower case, as links are compared."""
    parts = urlsplit(url)
    default = {"http": ":80", "https": ":443"}.get(parts.scheme, "\0")
    return parts.netloc.rpartition("@")[2].casefold().removesuffix(default)
