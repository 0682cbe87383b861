"""Readings, issues and ownership put together by hand, for tests of what is concluded from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from plansync.core.context import Context
from plansync.core.fit import Capabilities
from plansync.core.identity import PlanKey, item_key, phase_key, text_digest, tracking_key
from plansync.core.links import Address
from plansync.core.marker import Marker, wrap
from plansync.core.match import Match
from plansync.core.model import Item, ItemKind, Link, LinkPlace, Plan, Question
from plansync.core.observed import ObservedIssue, ObservedMilestone, ObservedState
from plansync.core.ownership import Ownership, sort_ownership
from plansync.core.reading import Placed, Reading
from plansync.core.rules import MarkerRules, Rules
from plansync.core.text import Site, Span

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WEB = Address("github", "tracker.example", "acme/web")
LOCAL = Address("local", "127.0.0.1:8484", "")
PLAN = PlanKey("plan")
URL = "https://tracker.example/acme/web/issues/{}"
LOCAL_URL = "http://127.0.0.1:8484/issues/{}"


def link_to(number: int, place: LinkPlace = LinkPlace.TAIL, url: str = URL) -> Link:
    """Return a link to an issue."""
    return Link(f"#{number}", url.format(number), Span(0, 0), Span(0, 0), place)


def make_question(text: str = "How fast?", **parts: Any) -> Question:
    """Return an open question."""
    return Question(**{"text": text, "line": 1, "column": 1, "span": Span(0, 0), "link_site": Site(0), **parts})


def make_reading(plan: Plan, key: str = PLAN, **parts: Any) -> Reading:
    """Return a reading of ``plan`` under the usual rules."""
    rules = parts.pop("rules", Rules())
    return Reading(key=PlanKey(key), path=f"plans/{key}.md", target="web", plan=plan, rules=rules, **parts)


def make_issue(number: int, title: str = "", body: str = "", **parts: Any) -> ObservedIssue:
    """Return an issue that plansync's account opened."""
    ours = {"author_is_us": True, "author_trusted": True, "created_at": NOON, "updated_at": NOON}
    return ObservedIssue(**{"number": number, "url": URL.format(number), "title": title, "body": body, **ours, **parts})


def issue_of(
    number: int,
    text: str,
    *,
    kind: ItemKind = ItemKind.TASK,
    plan: str = PLAN,
    occurrence: int = 0,
    phase: str = "",
    id: str = "",
    adopted: bool = False,
    keys: Sequence[str] = (),
    **parts: Any,
) -> ObservedIssue:
    """Return the issue of an item: its marker names plan, text, id and phase; ``parts`` are fields of the issue."""
    key = item_key(PlanKey(plan), kind, text, occurrence)
    marker = Marker(plan, key, text_digest(text), id, phase, adopted)
    return make_issue(number, **{"title": text, "body": wrap(marker, text, keys), **parts})


def tracking_of(number: int, plan: str = PLAN, **parts: Any) -> ObservedIssue:
    """Return the tracking issue of a plan."""
    marker = Marker(plan, tracking_key(PlanKey(plan)))
    return make_issue(number, **{"title": "Search", "body": wrap(marker, "Words."), **parts})


def milestone_of(
    number: int, id: str | None = "1", name: str = "Foundation", plan: str = PLAN, **parts: Any
) -> ObservedMilestone:
    """Return the milestone of a phase."""
    marker = Marker(plan, phase_key(PlanKey(plan), id, name, 0), text_digest(name), id or "")
    url = f"https://tracker.example/acme/web/milestone/{number}"
    known = {"number": number, "url": url, "title": f"Search: Phase {id}: {name}", "description": wrap(marker, "")}
    return ObservedMilestone(**{**known, **parts})


def owning(
    *issues: ObservedIssue,
    milestones: Sequence[ObservedMilestone] = (),
    linked: Sequence[int] = (),
    rules: MarkerRules | None = None,
) -> Ownership:
    """Return who owns what of these."""
    state = ObservedState(issues=issues, milestones=tuple(milestones), at=NOON)
    return sort_ownership(state, frozenset(linked), rules or MarkerRules())


def match_of(item: Item, number: int | None = None, phase: int = 0, **parts: Any) -> Match:
    """Return a match of an item of the usual plan."""
    key = item_key(PLAN, item.kind, item.text, 0)
    return Match(placed=Placed(item, phase), key=key, number=number, **parts)


def make_context(ownership: Ownership | None = None, **parts: Any) -> Context:
    """Return a context whose texts are the item's own text, and its title."""
    capabilities = parts.pop("capabilities", Capabilities(name="test"))
    known: dict[str, Any] = {"address": WEB, "render": lambda facts: (getattr(facts, "text", "Phase"), "Body")}
    return Context(ownership=ownership or Ownership(), capabilities=capabilities, **{**known, **parts})
