"""Tracking issues, sub-issues and dependencies: what the two options do, and what they leave alone."""

from dataclasses import replace

from plansync.core.identity import tracking_key
from plansync.core.observed import CloseReason, ObservedIssue, RelationKind
from tests.support.world import World, kinds, only

READ, PARSE, SHOW = "Read the feed", "Parse what it says", "Show it"
PLAN = f"""# Parcel tracking

**Feature ID:** parcels
**Status:** Draft

## Implementation Phases

### Phase 1: Reading

**Tasks:**

- [ ] T001 {READ}
- [ ] T002 {PARSE} (depends on T001)

### Phase 2: Telling

**Tasks:**

- [ ] T003 {SHOW} (depends on T001, T002)
"""


def both(world: World) -> World:
    """Switch the two options on."""
    world.rules = replace(world.rules, tracking_issue=True, dependencies="links")
    return world


def tracking(world: World) -> ObservedIssue:
    """Return the plan's only tracking issue."""
    found = [issue for issue in world.all_issues() if "plan" in issue.labels and issue.closed is not CloseReason.DUPLICATE]
    assert len(found) == 1, found
    return found[0]


def test_dbg(world: World) -> None:
    both(world).write(PLAN)
    report = world.sync()
    assert not report.failed
    print([ (c.kind,c.title,c.fields,c.message) for c in report.changes], report.notes)
    print(world.preview())
    report = world.sync()
    print([ (c.kind,c.title,c.fields) for c in report.changes])
    assert only(report).unchanged
    assert 0
