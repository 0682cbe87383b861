"""Which issue belongs to which item: the match order of spec §3.4, over all plans of a tracker project. Pure.

Per item: link, or a number that stands for it → explicit id if the texts are at least half alike → exact key → same
text in the phase, then in the plan → best similarity among the plan's open orphans. Anything less is a new item, shown
as a near miss.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plansync.core.evidence import Claim, follow_twins, holders, read_claim
from plansync.core.identity import ItemKey, PhaseKey, PlanKey, item_key
from plansync.core.links import Address
from plansync.core.model import Link
from plansync.core.ownership import OwnedIssue, Ownership
from plansync.core.reading import Gated, Placed, Reading
from plansync.core.stages import By, Desk, near_miss, run_stages


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One item, its key and, where it has one, its issue.

    ``link`` is the evidence in the file; ``stale`` a local link to replace; ``moved_from`` the plan whose marker the
    issue still carries; ``confidence`` is 0..1.
    """

    placed: Placed
    key: ItemKey
    number: int | None = None
    by: By = By.NEW
    confidence: float = 1.0
    link: Link | None = None
    stale: Link | None = None
    moved_from: PlanKey | None = None
    near_miss: str = ""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two issues with one marker: ``number`` shall go, ``kept`` stays (spec §4.7)."""

    number: int
    kept: int


@dataclass(frozen=True, slots=True)
class Matching:
    """All matches of one plan, in plan order, and what is left of its issues."""

    matches: tuple[Match, ...]
    orphans: tuple[OwnedIssue, ...]
    duplicates: tuple[Duplicate, ...] = ()


PhaseKeys = Mapping[PlanKey, Sequence[PhaseKey]]


def match_items(
    readings: Sequence[Reading],
    gated: Sequence[Gated],
    ownership: Ownership,
    address: Address,
    phases: PhaseKeys,
) -> Mapping[PlanKey, Matching]:
    """Match the items of all parsed plans at once. ``phases`` has the key of each phase, by plan."""
    read = [read_claim(reading, placed, ownership, address) for reading in readings for placed in reading.placed()]
    claims = follow_twins(read, ownership)
    held, lost = holders(claims, ownership)
    evidence = _Evidence(held, lost, ownership, {r.key: r for r in readings})
    losers = _duplicates(ownership, frozenset(held) | frozenset(n for plan in gated for n in plan.numbers))
    result: dict[PlanKey, Matching] = {}
    by_reading: dict[int, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_reading[id(claim.reading)].append(claim)
    desks = [_open_desk(reading, by_reading[id(reading)], ownership, phases, losers) for reading in readings]
    for desk in desks:
        _match_links(desk, evidence)
    claimed = [found for desk in desks for found in desk.found.values()]
    taken = {number for number, by, _ in claimed if number is not None and by is not By.CONTESTED}
    for desk in desks:
        for number in taken & desk.pool.keys():
            del desk.pool[number]
        run_stages(desk)
        result[desk.reading.key] = _finish(desk, ownership, losers)
    return result


def _open_desk(
    reading: Reading, claims: list[Claim], ownership: Ownership, phases: PhaseKeys, losers: Sequence[Duplicate]
) -> Desk:
    gone = {duplicate.number for duplicate in losers}
    pool = {issue.number: issue for issue in ownership.of_plan(reading.key) if issue.number not in gone}
    blocked = {n: (m.item, m.text) for n, m in ownership.blocked.items() if m.plan == reading.key}
    return Desk(reading, phases.get(reading.key, ()), claims, pool, blocked)


def _duplicates(ownership: Ownership, linked: frozenset[int]) -> tuple[Duplicate, ...]:
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, owned in sorted(ownership.owned.items()):
        groups[(owned.plan, owned.key)].append(number)
    losers: list[Duplicate] = []
    for numbers in groups.values():
        held = [number for number in numbers if number in linked]
        kept = (held or numbers)[0]
        losers += [Duplicate(n, kept) for n in numbers if n != kept and n not in linked]
    return tuple(losers)


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What all plans' links say together: who holds which issue, and which plans were read."""

    held: Mapping[int, Claim]
    lost: Sequence[Claim]
    ownership: Ownership
    read: Mapping[PlanKey, Reading]

    def by_link(self, reading: Reading, number: int) -> By:
        """Say what a link that holds ``number`` proves."""
        if self.ownership.issue(number) is None:
            return By.GONE
        owned = self.ownership.owned.get(number)
        if owned is None:
            return By.BLOCKED if number in self.ownership.blocked else By.LINK
        if owned.plan == reading.key:
            return By.LINK
        home = self.read.get(owned.plan)
        return By.LINK if home is not None and home.whole else By.UNREAD


def _match_links(desk: Desk, evidence: _Evidence) -> None:
    for index, claim in enumerate(desk.claims):
        if claim.elsewhere:
            desk.found[index] = (None, By.ELSEWHERE, 1.0)
        elif any(claim is other for other in evidence.lost):
            desk.found[index] = (claim.number, By.CONTESTED, 1.0)
        elif claim.number is not None and evidence.held[claim.number] is claim:
            by = evidence.by_link(desk.reading, claim.number)
            is_number = by is By.LINK and claim.link is not None and claim.link.bare
            desk.take(index, claim.number, By.NUMBER if is_number else by)


def _finish(desk: Desk, ownership: Ownership, losers: Sequence[Duplicate]) -> Matching:
    plan = desk.reading.key
    used = {owned.key for owned in ownership.of_plan(plan)}
    used |= {ItemKey(marker.item) for marker in ownership.blocked.values() if marker.plan == plan}
    given: set[ItemKey] = set()
    matches: list[Match] = []
    for index, claim in enumerate(desk.claims):
        number, by, confidence = desk.found.get(index, (None, By.NEW, 1.0))
        owned = ownership.owned.get(number) if number is not None else None
        if owned is not None and by not in {By.CONTESTED, By.UNREAD, By.BLOCKED} and owned.key not in given:
            key = owned.key
        else:
            key = _new_key(desk.reading, claim.placed, used | given)
        given.add(key)
        moved = owned.plan if owned is not None and owned.plan != plan and by is not By.CONTESTED else None
        near = near_miss(desk, claim.placed) if by is By.NEW else ""
        matches.append(
            Match(
                placed=claim.placed,
                key=key,
                number=number,
                by=by,
                confidence=confidence,
                link=claim.link,
                stale=claim.stale,
                moved_from=moved,
                near_miss=near,
            )
        )
    orphans = tuple(owned for _, owned in sorted(desk.pool.items()))
    numbers = {owned.number for owned in ownership.of_plan(plan)}
    return Matching(tuple(matches), orphans, tuple(d for d in losers if d.number in numbers))


def _new_key(reading: Reading, placed: Placed, used: set[ItemKey]) -> ItemKey:
    """Derive the key of a new item: the first occurrence that no issue of the plan carries."""
    occurrence = 0
    while (key := item_key(reading.key, placed.item.kind, placed.item.text, occurrence)) in used:
        occurrence += 1
    return key
