"""A folder of plans, a tracker and a store, wired as in real life but for the clock: what tests of the main job act in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path
from typing import Any

from plansync.app.narrow import narrow
from plansync.app.report import PlanReport, TargetReport
from plansync.app.request import Listener, Silent, SyncRequest, Target, Workshop
from plansync.app.sync import run_sync
from plansync.core.observed import ObservedIssue, ObservedMilestone
from plansync.core.parser import parse_plan
from plansync.core.rules import Limits, Rules
from plansync.core.scope import Glimpse, Scope
from plansync.ports.source import Source
from plansync.ports.tracker import Asked, Tracker
from plansync.rendering.renderer import TemplateRenderer
from plansync.sources.checkout import Checkout
from plansync.sources.folder import FolderSource
from plansync.sources.globs import Globs
from plansync.store.open import SqlStore, open_store
from plansync.trackers.local.tracker import LocalTracker
from tests.support.clocks import FakeClock
from tests.support.fake_tracker import FakeTracker
from tests.support.people import LocalPeople, People

URL = "http://127.0.0.1:8484"
_RENDERER = TemplateRenderer()
_LINK = re.compile(r"/issues/(\d+)\)")


@dataclass
class World:
    """One installation. ``sync`` runs the real use case; files are read and written on disk."""

    root: Path
    tracker: Tracker
    people: People
    clock: FakeClock
    store: SqlStore
    rules: Rules
    limits: Limits
    others: tuple[Target, ...] = ()
    name: str = "web"
    numbers: Callable[[], Iterable[int]] = lambda: range(1, 400)
    """Returns all numbers under which there may be issues."""
    kept: Callable[[str], str] = str
    """Returns a text as the tracker leaves it when it is saved."""
    around: Callable[[Source], Source] = lambda source: source
    """Puts something between plansync and the folder."""
    gather: timedelta | None = None
    """How long edits are gathered; None: as a folder, which makes no commits."""
    together: tuple[str, ...] = ()
    """The names of files that are one plan in a folder."""

    def write(self, text: str, path: str = "plans/plan.md") -> Path:
        """Save a plan as a person would."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
        return file

    def read(self, path: str = "plans/plan.md") -> str:
        """Return a plan's text as it is on disk."""
        return (self.root / path).read_bytes().decode()

    def edit(self, old: str, new: str, path: str = "plans/plan.md") -> None:
        """Replace ``old``, which must occur, as a person would in an editor."""
        text = self.read(path)
        assert old in text, f"{old!r} is not in\n{text}"
        self.write(text.replace(old, new, 1), path)

    def target(self) -> Target:
        """Return the wired target."""
        source = FolderSource(self.root, Globs(("plans/**/*.md",), ()), self.limits.plan_bytes, Checkout(self.root))
        wired = self.around(source)
        return Target(
            self.name,
            wired,
            self.tracker,
            self.rules,
            self.limits,
            _RENDERER,
            "project",
            self.gather,
            self.together,
        )

    def sync(self, listener: Listener | None = None, **request: Any) -> TargetReport:
        """Run one sync, a minute after whatever happened last."""
        self.clock.advance()
        target = self.target()
        workshop = Workshop((target, *self.others), self.store, self.clock, parse_plan, "host:1:1")
        report = run_sync(workshop, target, SyncRequest(**request), listener or Silent())
        self.clock.advance()
        return report

    def look(self, *plans: str, issues: Mapping[int, Glimpse] | None = None) -> TargetReport | None:
        """Run the sync that the service makes of a scope, a minute after whatever happened last; None: none at all."""
        target = self.target()
        workshop = Workshop((target, *self.others), self.store, self.clock, parse_plan, "host:1:1")
        request = narrow(workshop, target, Scope(plans=frozenset(plans), issues=issues or {}), "webhook")
        if request is None:
            return None
        return self.sync(**{field.name: getattr(request, field.name) for field in fields(request)})

    def preview(self, **request: Any) -> TargetReport:
        """Run a dry run."""
        return self.sync(dry_run=True, **request)

    def set_clock(self, clock: FakeClock) -> None:
        """Have plansync go by ``clock``; that of people and tracker goes on as before."""
        self.clock = clock

    def forget(self) -> None:
        """Delete the state database, as far as the plans' states go, and begin a new one."""
        self.store.close()
        (self.root / ".plansync/state.db").unlink()
        self.store = open_store(f"sqlite:///{self.root}/.plansync/state.db")

    def issues(self) -> dict[str, ObservedIssue]:
        """Return all issues by title (the latest of equal ones)."""
        return {issue.title: issue for issue in self.all_issues()}

    def all_issues(self) -> tuple[ObservedIssue, ...]:
        """Return all issues, foreign ones as well, by number."""
        asked = Asked(issues=frozenset(self.numbers()))
        return tuple(sorted(self.tracker.observe(asked).issues, key=lambda issue: issue.number))

    def milestones(self) -> dict[str, ObservedMilestone]:
        """Return all milestones by title."""
        return {m.title: m for m in self.tracker.observe(Asked(milestones=frozenset(range(1, 50)))).milestones}

    def number(self, line: str, path: str = "plans/plan.md") -> int:
        """Return the issue that the line which holds ``line`` links to."""
        found = [text for text in self.read(path).splitlines() if line in text]
        assert found, f"no line holds {line!r} in\n{self.read(path)}"
        match = _LINK.search(found[0])
        assert match, f"no link in {found[0]!r}"
        return int(match.group(1))


def local_world(root: Path, rules: Rules | None = None, limits: Limits | None = None) -> World:
    """Return a world on the embedded tracker."""
    state = root / ".plansync"
    state.mkdir(exist_ok=True)
    clock = FakeClock()
    return World(
        root=root,
        tracker=LocalTracker(state / "tracker.db", URL, clock),
        people=LocalPeople(state / "tracker.db", URL, clock),
        clock=clock,
        store=open_store(f"sqlite:///{state}/state.db"),
        rules=rules or Rules(),
        limits=limits or Limits(),
    )


def fake_world(
    root: Path, rules: Rules | None = None, limits: Limits | None = None, tracker: FakeTracker | None = None
) -> World:
    """Return a world on the tracker in memory, which has the manners of a shared one."""
    state = root / ".plansync"
    state.mkdir(exist_ok=True)
    shared = tracker or FakeTracker()
    return World(
        root=root,
        tracker=shared,
        people=shared.people(),
        clock=shared.clock,
        store=open_store(f"sqlite:///{state}/state.db"),
        rules=rules or Rules(),
        limits=limits or Limits(),
    )


def only(report: TargetReport) -> PlanReport:
    """Return the report of the only plan."""
    assert len(report.plans) == 1, report
    return report.plans[0]


def kinds(report: TargetReport) -> Sequence[str]:
    """Return what was changed, in order."""
    return [change.kind for change in report.changes]
