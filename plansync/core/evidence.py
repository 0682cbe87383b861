"""What the links in a plan prove: which issue an item claims, and which item holds a contested one (spec §3.1–3.6).

Pure. A Markdown link in an item's first paragraph or cell that leads its text or ends it in parentheses claims the
issue; any other link there claims it only if the issue's marker names this very item.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from plansync.core.identity import PlanKey, item_key, normal_text, text_digest
from plansync.core.links import Address, Reference, RefKind, Where, read_reference
from plansync.core.model import Link, LinkPlace, Plan
from plansync.core.ownership import OwnedIssue, Ownership
from plansync.core.reading import Placed, Reading


@dataclass(frozen=True, slots=True)
class Claim:
    """One item and what its links say.

    At most one of ``number`` (an issue of the target) and ``elsewhere`` is set; ``stale`` is a local link that is
    no evidence and shall be replaced.
    """

    reading: Reading
    placed: Placed
    number: int | None = None
    link: Link | None = None
    elsewhere: bool = False
    stale: Link | None = None


def read_claim(reading: Reading, placed: Placed, ownership: Ownership, address: Address) -> Claim:
    """Return what the links of one item claim; the first that proves anything counts."""
    stale: Link | None = None
    for link in placed.item.links:
        reference = read_reference(link.url, address)
        if reference is None or reference.kind is not RefKind.ISSUE or _is_tracking(reference, ownership):
            continue
        named = _names_item(ownership.owned.get(reference.number), reading, placed)
        if link.place is LinkPlace.MENTION:
            if reference.where is Where.HERE and named:
                return Claim(reading, placed, reference.number, link, stale=stale)
            continue
        if reference.where is Where.ELSEWHERE:
            return Claim(reading, placed, link=link, elsewhere=True, stale=stale)
        if link.bare or _counts(reference, reading, placed, ownership, address):
            return Claim(reading, placed, reference.number, link, stale=stale)
        stale = stale or link
    return Claim(reading, placed, stale=stale)


def follow_twins(claims: Sequence[Claim], ownership: Ownership) -> Sequence[Claim]:
    """Lead links to issues that were closed as duplicates on to those which stand for them, and which nobody claims.

    So clones that opened an issue each for one item come to link the same one (spec §4.7).
    """
    claimed = {claim.number for claim in claims}
    return [_followed(claim, ownership, claimed) for claim in claims]


def _followed(claim: Claim, ownership: Ownership, claimed: Collection[int | None]) -> Claim:
    kept = claim.number if claim.number is None else ownership.survivor(claim.number)
    if kept == claim.number or kept in claimed:
        return claim
    return replace(claim, number=kept, link=None, stale=claim.stale or claim.link)


def _is_tracking(reference: Reference, ownership: Ownership) -> bool:
    """Say whether a link leads to a plan's tracking issue, which is never an item's: it is a mere reference."""
    return reference.where is Where.HERE and ownership.is_tracking(reference.number)


def last_text(reading: Reading, owned: OwnedIssue) -> str:
    """Return an item's text as its issue last had it: from the store where it agrees, else from the title."""
    known = reading.state_of(owned.number)
    if known is not None and text_digest(known.text) == owned.marker.text:
        return known.text
    return owned.issue.title.replace("\u200b", "").removeprefix("Risk: ").removeprefix("Question: ")


def is_of_kind(owned: OwnedIssue, placed: Placed) -> bool:
    """Say whether the issue was opened for an item of the same kind."""
    return owned.key[:1] == placed.item.kind.value[0]


def linked_numbers(plan: Plan, address: Address, *, bare: bool = False) -> frozenset[int]:
    """Return every issue number of the target that any item's first paragraph links to.

    With ``bare`` numbers without a link that end a text are among them.
    """
    references = (read_reference(link.url, address) for item in plan.items for link in item.links)
    linked = {r.number for r in references if r is not None and r.kind is RefKind.ISSUE and r.where is Where.HERE}
    return frozenset(linked | ({item.bare.number for item in plan.items if item.bare is not None} if bare else set()))


def reference_to(plan: Plan, address: Address, *, bare: bool = False) -> Reference | None:
    """Return the issue that the plan's front matter or header name as its own; with ``bare`` a number is one."""
    if plan.issue is None:
        return None
    if not plan.issue.url:
        return Reference(RefKind.ISSUE, plan.issue.number, Where.HERE) if bare else None
    reference = read_reference(plan.issue.url, address)
    return reference if reference is not None and reference.kind is RefKind.ISSUE else None


def linked_milestones(plan: Plan, address: Address) -> frozenset[int]:
    """Return every milestone number of the target that a phase's Milestone field links to."""
    numbers = (milestone_number(phase.milestone_link, address) for phase in plan.phases)
    return frozenset(number for number in numbers if number is not None)


def milestone_number(link: Link | None, address: Address) -> int | None:
    """Return the target's milestone that ``link`` names, if it does."""
    reference = read_reference(link.url, address) if link else None
    if reference is None or reference.kind is not RefKind.MILESTONE or reference.where is not Where.HERE:
        return None
    return reference.number


def holders(claims: Sequence[Claim], ownership: Ownership) -> tuple[Mapping[int, Claim], Sequence[Claim]]:
    """Settle contested issues: return the holder of each claimed issue, and the claims that lost.

    The holder is the item whose text is the marker's last text, else the one in the marker's plan, else the first.
    An issue that only other plans link to stays with the item of its own plan, though that one lost its link.
    """
    wanted: dict[int, list[Claim]] = defaultdict(list)
    at_home: dict[tuple[PlanKey, str], Claim] = {}
    for claim in claims:
        if claim.number is not None:
            wanted[claim.number].append(claim)
        elif not claim.elsewhere:
            at_home.setdefault((claim.reading.key, text_digest(claim.placed.item.text)), claim)
    held = {number: _holder(group, ownership.owned.get(number), at_home) for number, group in wanted.items()}
    lost = [claim for number, group in wanted.items() for claim in group if claim is not held[number]]
    return held, lost


def _holder(group: Sequence[Claim], owned: OwnedIssue | None, at_home: Mapping[tuple[PlanKey, str], Claim]) -> Claim:
    if owned is None:
        return group[0]
    same_plan = [claim for claim in group if claim.reading.key == owned.plan]
    unlinked = at_home.get((owned.plan, owned.marker.text))
    if not same_plan and unlinked is not None and _same_text(owned, unlinked.placed):
        return unlinked
    same_text = [claim for claim in group if _same_text(owned, claim.placed)]
    both = [claim for claim in same_text if claim in same_plan]
    return next(iter((*both, *same_text, *same_plan, *group)))


def _counts(reference: Reference, reading: Reading, placed: Placed, ownership: Ownership, address: Address) -> bool:
    """Say whether a leading or trailing link to an issue that is not elsewhere is evidence.

    A local link counts only if the issue's marker names this item or carries its last text, or, where a person took
    the marker out, if title or store still say that it is this item's.
    """
    if reference.where is Where.LOCAL:
        return False
    if address.kind != "local":
        return True
    owned = ownership.owned.get(reference.number)
    if owned is not None:
        return _names_item(owned, reading, placed)
    issue = ownership.foreign.get(reference.number)
    if issue is None:
        return False
    known = reading.state_of(reference.number)
    return known is not None or normal_text(issue.title) == normal_text(placed.item.text)


def _names_item(owned: OwnedIssue | None, reading: Reading, placed: Placed) -> bool:
    """Say whether the issue's marker names this very item: by its text, its key, or the key the store knows it by."""
    if owned is None:
        return False
    if _same_text(owned, placed):
        return True
    if owned.plan != reading.key:
        return False
    known = reading.state_of(owned.number)
    derived = item_key(reading.key, placed.item.kind, placed.item.text, 0)
    return owned.key == derived or (known is not None and known.key == owned.key)


def _same_text(owned: OwnedIssue, placed: Placed) -> bool:
    return is_of_kind(owned, placed) and owned.marker.text == text_digest(placed.item.text)
