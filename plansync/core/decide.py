"""One plan, decided: from what it wants and what the tracker holds to changes and marks (spec §4). Pure.

The same function serves preview, the run, and the write-back after it: what is decided from the state that the
tracker has *after* the changes gives the marks that go into the file.
"""

from __future__ import annotations

from collections.abc import Sequence

from plansync.core.changes import Change, CloseIssue, CreateIssue, UpdateIssue
from plansync.core.context import Context, Links
from plansync.core.decision import ItemDecision, PlanDecision
from plansync.core.desired import Fate, Wish, is_published, status_raw, wish_for
from plansync.core.duplicates import settle_duplicate
from plansync.core.identity import ItemKey
from plansync.core.issues import IssueDesk
from plansync.core.marks import Written, plan_marks
from plansync.core.match import Match, Matching
from plansync.core.milestones import milestone_changes
from plansync.core.model import Task
from plansync.core.observed import CloseReason
from plansync.core.ownership import REMOVED_LABEL, OwnedIssue
from plansync.core.phases import PhaseMatch
from plansync.core.problems import Problem, problem_at
from plansync.core.reading import Reading
from plansync.core.refs import references_in
from plansync.core.relations import decide_relations
from plansync.core.stages import By
from plansync.core.standing import standing_links
from plansync.core.texts import Texts, dependencies_of
from plansync.core.tracking import decide_tracking

REMOVED_COMMENT = (
    "This item is no longer in the plan `{path}`, so plansync closed the issue as not planned. "
    "If the item comes back to the plan, the issue is reopened."
)


def decide_plan(context: Context, reading: Reading, matching: Matching, phases: Sequence[PhaseMatch]) -> PlanDecision:
    """Return everything that shall become of one plan, its issues, milestones and file."""
    published, passed_over = is_published(reading, context.ownership, publish=reading.path in context.publish)
    texts = Texts(context, reading, matching.matches, phases)
    wishes = [wish_for(match, reading, context.ownership, published=published) for match in matching.matches]
    links = _links(context, matching, wishes)
    desk = IssueDesk(context, reading, texts, {match.index: match for match in phases}, links)
    items = tuple(map(desk.decide, matching.matches, wishes))
    milestones, milestone_problems, titles = milestone_changes(context, reading, texts, phases, items)
    removals, removal_problems = _removals(context, reading, matching)
    tracking = decide_tracking(context, reading, texts, items)
    relations = decide_relations(context, reading, tracking, items)
    first, asked = (tracking.changes, tracking.problems) if tracking is not None else ((), ())
    changes = (*milestones, *first, *_in_creation_order(items, matching), *removals, *_late_links(items, matching))
    problems = [
        *(*reading.missing, *_match_problems(matching), *milestone_problems),
        *removal_problems,
        *relations.problems,
        *asked,
        *(found for item in items for found in item.problems),
    ]
    is_silent = reading.left_alone or (not published and all(item.issue is None for item in items))
    written = Written(status_after=status_raw(reading)) if is_silent else plan_marks(reading, items, phases, titles)
    return PlanDecision(
        reading=reading,
        matching=matching,
        phases=tuple(phases),
        items=items,
        changes=() if reading.left_alone else (*changes, *relations.changes),
        marks=written.marks,
        problems=(*problems, *written.problems),
        progress=written.progress,
        status_before=status_raw(reading),
        status_after=written.status_after,
        passed_over=passed_over if is_silent else "",
        titles={str(key): title for key, title in titles.items()},
        tracking=tracking,
        relations=relations,
    )


def _links(context: Context, matching: Matching, wishes: Sequence[Wish]) -> Links:
    known: dict[ItemKey, tuple[int, str]] = {}
    for match in matching.matches:
        issue = context.issue(match.number)
        if issue is not None and match.by is not By.CONTESTED:
            known[match.key] = (issue.number, issue.url)
    pairs = zip(matching.matches, wishes, strict=True)
    coming = {match.key for match, wish in pairs if wish.fate is Fate.CREATE and match.key not in context.waiting}
    return Links(known, frozenset(coming))


def _in_creation_order(items: Sequence[ItemDecision], matching: Matching) -> list[Change]:
    """Return the items' changes in plan order, but those of a dependency before those of its dependents."""
    by_key = {item.match.key: item for item in items}
    placed: dict[ItemKey, None] = {}
    for item in items:
        _place(item.match, matching, placed)
    return [change for key in placed for change in by_key[key].changes]


def _place(first: Match, matching: Matching, placed: dict[ItemKey, None]) -> None:
    """Put ``first`` behind what it depends on; a cycle is broken where it was entered."""
    entered: set[ItemKey] = set()
    stack: list[tuple[Match, bool]] = [(first, False)]
    while stack:
        match, done = stack.pop()
        if done:
            placed.setdefault(match.key)
            continue
        if match.key in placed or match.key in entered:
            continue
        entered.add(match.key)
        stack.append((match, True))
        item = match.placed.item
        before = dependencies_of(item, matching.matches) if isinstance(item, Task) else ()
        stack += [(dependency, False) for dependency in reversed(before)]


def _late_links(items: Sequence[ItemDecision], matching: Matching) -> list[Change]:
    """Return updates for created texts that refer to items created after them (a cycle): the link comes afterwards."""
    creations = [c for c in _in_creation_order(items, matching) if isinstance(c, CreateIssue)]
    order = {create.key: index for index, create in enumerate(creations)}
    return [
        UpdateIssue(
            plan=create.plan,
            reason="links to issues created after it",
            key=create.key,
            number=0,
            region=create.body,
            text_only=True,
        )
        for index, create in enumerate(creations)
        if any(order.get(key, -1) > index for key in references_in(create.body))
    ]


def _removals(context: Context, reading: Reading, matching: Matching) -> tuple[tuple[Change, ...], tuple[Problem, ...]]:
    """Close the open issues of items that are gone from a plan that was read whole, and duplicates (§4.3, §4.7).

    An issue whose link still stands in the plan is not closed: its item was lost by a slip.
    """
    owned = context.ownership.owned
    settled = [
        settle_duplicate(reading.key, owned[one.number], one.kept, "carry one marker", "for the same item of the plan")
        for one in matching.duplicates
        if owned[one.number].issue.closed is None
    ]
    problems = [found for found in settled if isinstance(found, Problem)]
    changes: list[Change] = [change for change in settled if isinstance(change, CloseIssue)]
    standing = standing_links(reading.plan, matching.matches, context.address)
    for orphan in matching.orphans if reading.whole and not reading.plan.guarded else ():
        if not _is_removable(reading, orphan):
            continue
        if orphan.number in standing:
            said = f"issue #{orphan.number} is linked here, but no item of its own is read; it is left as it is"
            problems.append(problem_at("PS511", standing[orphan.number], said))
        elif context.may_remove:
            changes.append(_removal(reading, orphan))
    return tuple(changes), tuple(problems)


def _is_removable(reading: Reading, owned: OwnedIssue) -> bool:
    """A removed issue that a person reopened is left to people, and so is an adopted one."""
    switched_off = (owned.key.startswith("r-") and not reading.rules.risks) or (
        owned.key.startswith("q-") and not reading.rules.questions
    )
    is_open = owned.issue.closed is None
    return is_open and not switched_off and not owned.removed_by_us and not owned.marker.adopted


def _removal(reading: Reading, owned: OwnedIssue) -> CloseIssue:
    return CloseIssue(
        plan=reading.key,
        reason="removed from the plan",
        key=owned.key,
        number=owned.number,
        because=CloseReason.NOT_PLANNED,
        comment=REMOVED_COMMENT.format(path=reading.path.replace("`", "'")),
        add_labels=(REMOVED_LABEL,),
    )


def _match_problems(matching: Matching) -> list[Problem]:
    found: list[Problem] = []
    for match in matching.matches:
        item = match.placed.item
        message = _MESSAGES.get(match.by)
        if message is not None:
            code, text = message
            text = _NO_SUCH_NUMBER if match.by is By.GONE and match.link is not None and match.link.bare else text
            found.append(problem_at(code, item, text.format(number=match.number)))
        elif match.near_miss:
            found.append(problem_at("PS506", item, f"looks like {match.near_miss}"))
    return found


_NO_SUCH_NUMBER = "this item ends in #{number}, but the tracker has no such issue"
_MESSAGES = {
    By.GONE: ("PS502", "issue #{number} that this item links to is gone"),
    By.CONTESTED: ("PS501", "issue #{number} belongs to another item that links to it"),
    By.UNREAD: ("PS507", "issue #{number} belongs to a plan that was not read; it is left alone"),
    By.BLOCKED: ("PS503", "issue #{number} carries this item's marker, but its signature fails to verify"),
}
