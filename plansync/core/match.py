"""Which issue belongs to which item: the match order of spec §3.4, over all plans of a tracker project. Pure.

Per item: link → explicit id if the texts are at least half alike → exact key → same text in the phase, then in the
plan → best similarity among the plan's open orphans. Anything less is a new item, shown as a near miss.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from plansync.core.evidence import Claim, holders, read_claim
from plansync.core.identity import ItemKey, PhaseKey, PlanKey, item_key, text_digest
from plansync.core.links import Address
from plansync.core.model import ItemKind, Link
from plansync.core.ownership import OwnedIssue, Ownership
from plansync.core.reading import Gated, Placed, Reading
from plansync.core.similarity import best_assignment, hard_words, likeness

HALF_ALIKE = 0.5
SURE = 0.75
MARGIN = 0.05
NEAR = 0.6
"""Below SURE and from here on, an orphan is shown as a near miss."""


class By(StrEnum):
    """What an item was matched by, or why it has no issue of its own."""

    LINK = "link"
    ID = "id"
    KEY = "key"
    PHASE_TEXT = "same text in the phase"
    TEXT = "same text"
    SIMILARITY = "similarity"
    NEW = "new"
    ELSEWHERE = "tracked elsewhere"
    GONE = "issue gone"
    CONTESTED = "another item holds the issue"
    UNREAD = "the issue's plan was not read"
    BLOCKED = "a marker that fails to verify"


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


@dataclass(slots=True)
class _Desk:
    """The state of matching one plan: what is still free on both sides."""

    reading: Reading
    phases: Sequence[PhaseKey]
    claims: list[Claim]
    pool: dict[int, OwnedIssue]
    blocked: Mapping[int, tuple[str, str]]
    found: dict[int, tuple[int | None, By, float]] = field(default_factory=dict)
    """Index of a claim → (issue, by, confidence)."""

    def free(self) -> Iterator[tuple[int, Placed]]:
        """Yield the items without a match, in plan order."""
        return ((i, c.placed) for i, c in enumerate(self.claims) if i not in self.found)

    def take(self, index: int, number: int, by: By, confidence: float = 1.0) -> None:
        """Give issue ``number`` to the item."""
        self.found[index] = (number, by, confidence)
        self.pool.pop(number, None)

    def last_text(self, owned: OwnedIssue) -> str:
        """Return the item's text as the issue last had it: from the store where it agrees, else from the title."""
        known = self.reading.state_of(owned.number)
        if known is not None and text_digest(known.text) == owned.marker.text:
            return known.text
        return owned.issue.title.replace("\u200b", "").removeprefix("Risk: ").removeprefix("Question: ")


def match_items(
    readings: Sequence[Reading],
    gated: Sequence[Gated],
    ownership: Ownership,
    address: Address,
    phases: PhaseKeys,
) -> Mapping[PlanKey, Matching]:
    """Match the items of all parsed plans at once. ``phases`` has the key of each phase, by plan."""
    claims = [read_claim(reading, placed, ownership, address) for reading in readings for placed in reading.placed()]
    held, lost = holders(claims, ownership)
    read = {reading.key: reading for reading in readings}
    settled = {plan.key for plan in gated}
    losers = _duplicates(ownership, frozenset(held) | frozenset(n for plan in gated for n in plan.numbers))
    result: dict[PlanKey, Matching] = {}
    desks = [
        _open_desk(reading, [c for c in claims if c.reading is reading], ownership, phases, losers)
        for reading in readings
    ]
    for desk in desks:
        _match_links(desk, held, lost, ownership, read, settled)
    taken = {number for desk in desks for number, _, _ in desk.found.values() if number is not None}
    for desk in desks:
        for number in taken & desk.pool.keys():
            del desk.pool[number]
        for stage in (_match_blocked, _match_ids, _match_keys, _match_phase_texts, _match_texts, _match_alike):
            stage(desk)
        result[desk.reading.key] = _finish(desk, ownership, losers)
    return result


def _open_desk(
    reading: Reading, claims: list[Claim], ownership: Ownership, phases: PhaseKeys, losers: Sequence[Duplicate]
) -> _Desk:
    gone = {duplicate.number for duplicate in losers}
    pool = {issue.number: issue for issue in ownership.of_plan(reading.key) if issue.number not in gone}
    blocked = {n: (m.item, m.text) for n, m in ownership.blocked.items() if m.plan == reading.key}
    return _Desk(reading, phases.get(reading.key, ()), claims, pool, blocked)


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


def _match_links(  # noqa: PLR0913 - the one place where all evidence meets
    desk: _Desk,
    held: Mapping[int, Claim],
    lost: Sequence[Claim],
    ownership: Ownership,
    read: Mapping[PlanKey, Reading],
    settled: set[PlanKey],
) -> None:
    for index, claim in enumerate(desk.claims):
        if claim.elsewhere:
            desk.found[index] = (None, By.ELSEWHERE, 1.0)
        elif any(claim is other for other in lost):
            desk.found[index] = (claim.number, By.CONTESTED, 1.0)
        elif claim.number is not None and held[claim.number] is claim:
            by = _by_link(desk.reading, claim.number, ownership, read, settled)
            desk.take(index, claim.number, by)


def _by_link(
    reading: Reading,
    number: int,
    ownership: Ownership,
    read: Mapping[PlanKey, Reading],
    settled: set[PlanKey],
) -> By:
    if ownership.issue(number) is None:
        return By.GONE
    owned = ownership.owned.get(number)
    if owned is None:
        return By.BLOCKED if number in ownership.blocked else By.LINK
    if owned.plan == reading.key or owned.plan in settled:
        return By.LINK
    home = read.get(owned.plan)
    return By.LINK if home is not None and home.whole else By.UNREAD


def _match_blocked(desk: _Desk) -> None:
    """An issue whose marker fails to verify blocks its item: creating it again could be a duplicate."""
    for index, placed in list(desk.free()):
        digest = text_digest(placed.item.text)
        derived = item_key(desk.reading.key, placed.item.kind, placed.item.text, 0)
        hit = next((n for n, names in desk.blocked.items() if names[0] == derived or names[1] == digest), None)
        if hit is not None:
            desk.found[index] = (hit, By.BLOCKED, 1.0)


def _match_ids(desk: _Desk) -> None:
    for index, placed in list(desk.free()):
        if placed.item.id is None:
            continue
        same_id = [o for o in desk.pool.values() if o.marker.id == placed.item.id and _is_kind(o, placed)]
        scored = [(likeness(placed.item.text, desk.last_text(owned)), -owned.number) for owned in same_id]
        if scored and max(scored)[0] >= HALF_ALIKE:
            score, number = max(scored)
            desk.take(index, -number, By.ID, score)


def _match_keys(desk: _Desk) -> None:
    """Match by exact key, unless the issue's last text is now another item's: then that one has the better claim."""
    texts = {text_digest(placed.item.text) for _, placed in desk.free()}
    keys = {owned.key: owned for owned in desk.pool.values()}
    seen: dict[tuple[ItemKind, str], int] = defaultdict(int)
    for index, claim in enumerate(desk.claims):
        item = claim.placed.item
        digest = text_digest(item.text)
        occurrence = seen[(item.kind, digest)]
        seen[(item.kind, digest)] += 1
        if index in desk.found:
            continue
        owned = keys.get(item_key(desk.reading.key, item.kind, item.text, occurrence))
        if owned is None or owned.number not in desk.pool:
            continue
        if owned.marker.text == digest or owned.marker.text not in texts:
            desk.take(index, owned.number, By.KEY)


def _match_phase_texts(desk: _Desk) -> None:
    _match_same(desk, By.PHASE_TEXT, lambda owned, placed: owned.marker.phase == _phase_of(desk, placed))


def _match_texts(desk: _Desk) -> None:
    _match_same(desk, By.TEXT, lambda owned, placed: True)


def _match_same(desk: _Desk, by: By, fits: Callable[[OwnedIssue, Placed], bool]) -> None:
    for index, placed in list(desk.free()):
        digest = text_digest(placed.item.text)
        hits = [
            owned.number
            for owned in desk.pool.values()
            if owned.marker.text == digest and _is_kind(owned, placed) and fits(owned, placed)
        ]
        if hits:
            desk.take(index, min(hits, key=lambda number: _open_first(desk, number)), by)


def _open_first(desk: _Desk, number: int) -> tuple[bool, int]:
    return (desk.pool[number].issue.closed is not None, number)


def _match_alike(desk: _Desk) -> None:
    """Match reworded items to open orphans: sure enough, clear of the runner-up, equal in every hard word."""
    if desk.reading.plan.guarded or not desk.reading.whole:
        return
    rows = list(desk.free())
    orphans = _open_orphans(desk)
    scores = [[_score(desk, placed, owned) for owned in orphans] for _, placed in rows]
    for row, column in best_assignment(scores):
        score = scores[row][column]
        rivals = [*scores[row][:column], *scores[row][column + 1 :]]
        rivals += [line[column] for other, line in enumerate(scores) if other != row]
        if score >= SURE and score - max(rivals, default=0.0) >= MARGIN:
            desk.take(rows[row][0], orphans[column].number, By.SIMILARITY, score)


def _open_orphans(desk: _Desk) -> list[OwnedIssue]:
    return [owned for owned in desk.pool.values() if owned.issue.closed is None and not owned.marker.adopted]


def _score(desk: _Desk, placed: Placed, owned: OwnedIssue) -> float:
    text = desk.last_text(owned)
    if not _is_kind(owned, placed) or hard_words(placed.item.text) != hard_words(text):
        return 0.0
    return likeness(placed.item.text, text)


def _is_kind(owned: OwnedIssue, placed: Placed) -> bool:
    return owned.key[:1] == placed.item.kind.value[0]


def _phase_of(desk: _Desk, placed: Placed) -> str:
    return desk.phases[placed.phase] if placed.phase >= 0 else ""


def _finish(desk: _Desk, ownership: Ownership, losers: Sequence[Duplicate]) -> Matching:
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
        near = _near_miss(desk, claim.placed) if by is By.NEW else ""
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


def _near_miss(desk: _Desk, placed: Placed) -> str:
    scored = [
        (likeness(placed.item.text, desk.last_text(owned)), owned)
        for owned in _open_orphans(desk)
        if _is_kind(owned, placed)
    ]
    best = max(scored, key=lambda pair: pair[0], default=None)
    if best is None or best[0] < NEAR:
        return ""
    return f"#{best[1].number} “{best[1].issue.title}” ({best[0]:.2f})"
