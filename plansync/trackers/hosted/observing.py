"""Observing a hosted project cheaply, and never concluding from absence (spec §3.9, §4.7).

when                                            what is listed
first run, snapshot lost, once a day            all issues, whatever their labels, oldest first
else                                            those with our label, last changed first, down to what is known
and, while an intent is unsettled               all issues, newest first, back to its time
only some issues can have changed               nothing: these are read by number, and the book tells the rest

Deletions move no time, and people take labels off: therefore the full listing once a day. A known issue that a listing
does not show is read by number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from plansync.core.audience import Audience, Exposure
from plansync.core.desired import LABEL
from plansync.core.observed import CloseReason, ObservedIssue, ObservedMilestone, ObservedState
from plansync.core.region import has_marker
from plansync.errors import IssueGone
from plansync.ports.tracker import Asked
from plansync.trackers.hosted.book import Book, MilestonePage
from plansync.trackers.hosted.desk import Desk, Facts, Listing, Page
from plansync.trackers.hosted.rows import IssueRow, MilestoneRow, twins

DAY = timedelta(days=1)
NARROW = 20
"""Up to how many issues are read by number rather than listed."""
LAG = timedelta(minutes=10)
"""How far behind a listing may be: a first observation looks back that much further."""
TIE = timedelta(seconds=2)
"""How far an observation right after another one looks back: times are equal to the second."""
_RECENT = Listing(by="updated", newest_first=True, label=LABEL)
_ALL = Listing(by="created")
_NEWEST = Listing(by="created", newest_first=True)


@dataclass(slots=True)
class Observer:
    """Brings ``book`` up to date and says what it shows."""

    desk: Desk
    book: Book
    plans_in: str = ""
    """The repository of the plans, where that is known."""
    ask_audience: Callable[[], Audience | None] | None = None
    """Finds out who may read the plans, where they are on another host."""
    last_at: datetime | None = None
    """When it listed last, on the host's clock."""
    gone: set[int] = field(default_factory=set)
    """Numbers that this observation found to exist no more."""
    read: dict[int, IssueRow] = field(default_factory=dict)
    """What this observation read by number."""
    listed: set[int] = field(default_factory=set)
    """Numbers that this observation's listing of everything showed."""
    is_full: bool = False
    """This observation lists everything."""
    is_narrow: bool = False
    """This observation lists nothing."""

    def observe(self, asked: Asked) -> ObservedState:
        """Return owned issues and milestones, and those asked for."""
        self.book.for_credential(self.desk.credential)
        self.gone, self.read, self.listed = set(), {}, set()
        self.is_full = self.book.full_at is None or self.desk.now - self.book.full_at > DAY
        self.is_narrow = not self.is_full and asked.since is None and 0 < len(asked.only or ()) <= NARROW
        if self.is_full:
            self._learn_project()
        self._learn_audience()
        if self.is_narrow:
            for number in sorted(asked.only or ()):
                self._read(number, asked)
            self._read_missing(asked)
            return self._state(asked)
        self._list_issues(asked)
        self._read_missing(asked)
        self._list_milestones()
        state = self._state(asked)
        self.last_at = self.desk.now
        return state

    def _learn_project(self) -> None:
        """Find out what the project is called now, and who we are in it."""
        self._learn(self.desk.facts())
        self.book.login = self.desk.login()
        self.book.taken_titles = tuple(sorted(self.desk.taken_titles()))
        self.book.trusted.clear()

    def _learn(self, facts: Facts) -> None:
        """Take in what the project is; who may read other repositories is asked again."""
        self.book.path, self.book.issues_for = facts.path, facts.issues_for
        self.book.files_for = {facts.path.casefold(): facts.files_for}

    def _learn_audience(self) -> None:
        """Find out who may read issues and plans: once a day, and where a book of an older version does not tell."""
        if self.book.issues_for is None:
            self._learn(self.desk.facts())
        place = self.plans_in.casefold()
        if place and place not in self.book.files_for and self.book.issues_for is not Audience.MEMBERS:
            ask = self.ask_audience
            self.book.files_for[place] = self.desk.files_for(self.plans_in) if ask is None else ask()

    def _exposure(self) -> Exposure | None:
        issues, plans = self.book.issues_for, self.book.files_for.get(self.plans_in.casefold())
        return None if issues is None else Exposure(issues, plans, self.plans_in)

    def _list_issues(self, asked: Asked) -> None:
        if self.is_full:
            self._list_all(asked)
            return
        self._list_recent()
        if asked.since is not None:
            self._list_back_to(asked.since, asked)

    def _list_all(self, asked: Asked) -> None:
        """List everything, and confirm by number what was known and is not there."""
        began = self.desk.now
        for page in self._pages(_ALL):
            for row in page.rows:
                self.listed.add(row.number)
                if self._is_wanted(row, asked):
                    self._keep(row)
            self.book.see(page.rows)
        for number in sorted(self.book.issues.keys() - self.listed):
            self._read(number, asked)
        self.book.etag = ""
        self.book.full_at = max(began, self.desk.now)

    def _list_back_to(self, since: datetime, asked: Asked) -> None:
        for page in self._pages(_NEWEST):
            for row in page.rows:
                self.listed.add(row.number)
                if self._is_wanted(row, asked):
                    self._keep(row)
            if page.rows and datetime.fromisoformat(page.rows[-1].created_at) < since - TIE:
                return

    def _list_recent(self) -> None:
        """List our issues, last changed first, until everything was seen before; nothing when nothing changed."""
        mark = self.book.watermark
        if mark is not None:
            mark -= LAG if self.last_at is None or self.desk.now - self.last_at > LAG / 2 else TIE
        seen: list[IssueRow] = []
        etag = ""
        for place, page in enumerate(self._pages(replace(_RECENT, since=mark), self.book.etag)):
            if not page.fresh:
                return
            etag = page.etag if place == 0 else etag
            seen += page.rows
            if mark is not None and page.rows and datetime.fromisoformat(page.rows[-1].updated_at) < mark:
                break
        for row in seen:
            if self._is_wanted(row, Asked()) and not self._is_outdated(row):
                self._keep(row)
        # only now: a listing that broke off is to be read again as a whole
        self.book.see(seen)
        self.book.etag = etag

    def _pages(self, listing: Listing, etag: str = "") -> Iterator[Page[IssueRow]]:
        """Yield page after page; ``etag`` is that of the first one as it is known."""
        cursor = ""
        while True:
            page = self.desk.issues(listing, cursor, "" if cursor else etag)
            yield page
            if not page.next:
                return
            cursor = page.next

    def _is_wanted(self, row: IssueRow, asked: Asked) -> bool:
        return has_marker(row.body) or row.number in self.book.issues or row.number in asked.issues

    def _is_outdated(self, row: IssueRow) -> bool:
        """Say whether a listing that lags shows an issue as it was before it was read or written by number."""
        known = self.book.issues.get(row.number)
        return known is not None and datetime.fromisoformat(row.updated_at) < datetime.fromisoformat(known.updated_at)

    def _read_missing(self, asked: Asked) -> None:
        """Read by number what was asked for and no listing of ours keeps in step: all that lacks marker or label."""
        for number in sorted(asked.issues):
            row = self.book.issues.get(number)
            is_told = row is not None and self._is_listed(row)
            if not is_told and number not in self.read and number not in self.gone:
                self._read(number, asked)

    def _is_listed(self, row: IssueRow) -> bool:
        return self.is_full or self.is_narrow or any(label.casefold() == LABEL for label in row.labels)

    def _read(self, number: int, asked: Asked) -> None:
        row = self.desk.issue(number)
        if row is None:
            self.book.drop(number)
            self.gone.add(number)
            return
        self.read[number] = row
        if self._is_wanted(row, asked):
            self._keep(row)

    def _keep(self, row: IssueRow) -> None:
        """Put an issue into the book; of each closing of ours it is asked once whether there is more to it."""
        if row.closed == CloseReason.COMPLETED and has_marker(row.body):
            known = self.book.issues.get(row.number)
            was = known.closed if known is not None else None
            if was is None:
                row = replace(row, closed=self.desk.why_closed(row))
            elif known is not None and was == CloseReason.MOVED and known.moved_to is None:
                row = replace(row, closed=was)
        self.book.put(row)

    def _list_milestones(self) -> None:
        """List all milestones, page by page; a page that did not change costs an answer without content.

        Such an answer does not say whether there is another page now: that is found out once a day.
        """
        known = self.book.milestones
        pages: list[MilestonePage] = []
        while True:
            old = known[len(pages)] if len(pages) < len(known) else MilestonePage("", ())
            page = self.desk.milestones(len(pages) + 1, "" if self.is_full else old.etag)
            pages.append(MilestonePage(page.etag, page.rows) if page.fresh else old)
            if not (page.next if page.fresh else len(pages) < len(known)):
                break
        self.book.milestones = pages

    def _state(self, asked: Asked) -> ObservedState:
        shown = [row for row in self.book.issues.values() if has_marker(row.body) or row.number in asked.issues]
        alike = twins(shown)
        issues = tuple(self._issue(row, is_twin=row.number in alike) for row in sorted(shown, key=lambda r: r.number))
        milestones, foreign, gone = self._milestones(asked)
        return ObservedState(
            issues=issues,
            milestones=milestones,
            gone=frozenset(self.gone & asked.issues),
            gone_milestones=gone,
            at=self.desk.now,
            counted=asked.counts,
            foreign_milestone_titles=foreign | frozenset(self.book.taken_titles),
            exposure=self._exposure(),
            unlisted=frozenset(row.number for row in shown if self._is_unlisted(row, asked)),
        )

    def _is_unlisted(self, row: IssueRow, asked: Asked) -> bool:
        """Say whether a listing back to the time asked for does not show an issue that is younger."""
        if asked.since is None or row.number in self.listed:
            return False
        return datetime.fromisoformat(row.created_at) >= asked.since

    def _issue(self, row: IssueRow, *, is_twin: bool) -> ObservedIssue:
        is_us = row.author == self.book.login
        touched = not is_twin or not self._is_untouched(row)
        return row.observed(is_us=is_us, trusted=is_us or self._is_trusted(row), touched=touched)

    def _is_trusted(self, row: IssueRow) -> bool:
        """Ask once a day whether an author of a marker may write; who wrote no marker need not be trusted."""
        if not row.author or not has_marker(row.body):
            return False
        if row.author not in self.book.trusted:
            self.book.trusted[row.author] = self.desk.may_write(row.author)
        return self.book.trusted[row.author]

    def _is_untouched(self, row: IssueRow) -> bool:
        if row.author != self.book.login or row.closed is not None:
            return False
        try:
            return not self.desk.touched_by(row.number) - {self.book.login}
        except IssueGone:  # no listing tells of a deletion
            self._read(row.number, Asked())
            return False

    def _milestones(self, asked: Asked) -> tuple[tuple[ObservedMilestone, ...], frozenset[str], frozenset[int]]:
        """Return the owned and asked-for milestones, the titles of all others, and the numbers that are gone."""
        rows = dict(self.book.milestone_rows())
        gone: set[int] = set()
        for number in sorted(asked.milestones - rows.keys()):
            row = self.desk.milestone(number)
            if row is None:
                gone.add(number)
            else:
                rows[number] = row
        ours = {n for n, row in rows.items() if n in asked.milestones or has_marker(row.description)}
        found = tuple(rows[n].observed(self._count(rows[n], asked)) for n in sorted(ours))
        return found, frozenset(row.title for n, row in rows.items() if n not in ours), frozenset(gone)

    def _count(self, row: MilestoneRow, asked: Asked) -> tuple[int, int] | None:
        """Count a milestone's issues, (closed, all), where that is wanted: hosts' own counters hold pull requests."""
        if not asked.counts:
            return None
        issues = [issue for page in self._pages(Listing(milestone=row)) for issue in page.rows]
        return sum(issue.closed is not None for issue in issues), len(issues)
