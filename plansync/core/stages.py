"""The stages of matching one plan's items to the issues whose marker names the plan (spec §3.4). Pure.

Each stage looks at what the ones before it left: explicit id, exact key, same text in the phase, same text in the
plan, likeness. Links, and numbers that stand for them, come before all of them (:mod:`plansync.core.match`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from plansync.core.evidence import Claim, is_of_kind, last_text
from plansync.core.identity import PhaseKey, item_key, text_digest
from plansync.core.model import ItemKind
from plansync.core.numbers import HALF_ALIKE
from plansync.core.ownership import OwnedIssue
from plansync.core.reading import Placed, Reading
from plansync.core.similarity import best_assignment, hard_words, likeness

SURE = 0.75
MARGIN = 0.05
NEAR = 0.6
"""Below SURE and from here on, an orphan is shown as a near miss."""


class By(StrEnum):
    """What an item was matched by, or why it has no issue of its own."""

    LINK = "link"
    NUMBER = "its number in the text"
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


@dataclass(slots=True)
class Desk:
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


def run_stages(desk: Desk) -> None:
    """Match what the links left, stage by stage."""
    for stage in (
        _match_blocked,
        _match_ids,
        _match_keys,
        _match_phase_texts,
        _match_texts,
        _match_alike,
    ):
        stage(desk)


def _match_blocked(desk: Desk) -> None:
    """An issue whose marker fails to verify blocks its item: creating it again could be a duplicate."""
    for index, placed in list(desk.free()):
        digest = text_digest(placed.item.text)
        derived = item_key(desk.reading.key, placed.item.kind, placed.item.text, 0)
        hit = next((n for n, names in desk.blocked.items() if names[0] == derived or names[1] == digest), None)
        if hit is not None:
            desk.found[index] = (hit, By.BLOCKED, 1.0)


def _match_ids(desk: Desk) -> None:
    for index, placed in list(desk.free()):
        if placed.item.id is None:
            continue
        same_id = [
            owned
            for owned in desk.pool.values()
            if owned.marker.id == placed.item.id and is_of_kind(owned, placed) and not _is_at_home(desk, owned, placed)
        ]
        scored = [(likeness(placed.item.text, last_text(desk.reading, owned)), -owned.number) for owned in same_id]
        if scored and max(scored)[0] >= HALF_ALIKE:
            score, number = max(scored)
            desk.take(index, -number, By.ID, score)


def _is_at_home(desk: Desk, owned: OwnedIssue, placed: Placed) -> bool:
    """Say whether of several items with one id another, in the issue's phase, is as like it as ``placed`` is."""
    if owned.marker.phase == _phase_of(desk, placed):
        return False
    text = last_text(desk.reading, owned)
    others = (other for _, other in desk.free() if other.item.id == placed.item.id and is_of_kind(owned, other))
    at_home = [likeness(other.item.text, text) for other in others if _phase_of(desk, other) == owned.marker.phase]
    return bool(at_home) and max(at_home) >= max(HALF_ALIKE, likeness(placed.item.text, text))


def _match_keys(desk: Desk) -> None:
    """Match by exact key, unless the issue's last text is now another item's: then that one has the better claim."""
    texts: dict[str, list[Placed]] = defaultdict(list)
    for _, placed in desk.free():
        texts[text_digest(placed.item.text)].append(placed)
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
        is_same = owned.marker.text == digest
        if not texts.get(owned.marker.text) or (is_same and not _has_nearer(desk, owned, claim.placed, texts[digest])):
            desk.take(index, owned.number, By.KEY)


def _has_nearer(desk: Desk, owned: OwnedIssue, placed: Placed, equals: Sequence[Placed]) -> bool:
    """Say whether, of equal texts, one of the other phase has this issue, or another issue has this phase (§3.4)."""
    home = _phase_of(desk, placed)
    if owned.marker.phase == home:
        return False
    if any(_phase_of(desk, other) == owned.marker.phase and is_of_kind(owned, other) for other in equals):
        return True
    others = (other for other in desk.pool.values() if other.marker.text == owned.marker.text)
    return any(other.marker.phase == home and is_of_kind(other, placed) for other in others)


def _match_phase_texts(desk: Desk) -> None:
    _match_same(desk, By.PHASE_TEXT, lambda owned, placed: owned.marker.phase == _phase_of(desk, placed))


def _match_texts(desk: Desk) -> None:
    _match_same(desk, By.TEXT, lambda owned, placed: True)


def _match_same(desk: Desk, by: By, fits: Callable[[OwnedIssue, Placed], bool]) -> None:
    for index, placed in list(desk.free()):
        digest = text_digest(placed.item.text)
        hits = [
            owned.number
            for owned in desk.pool.values()
            if owned.marker.text == digest and is_of_kind(owned, placed) and fits(owned, placed)
        ]
        if hits:
            desk.take(index, min(hits, key=lambda number: _open_first(desk, number)), by)


def _open_first(desk: Desk, number: int) -> tuple[bool, int]:
    return (desk.pool[number].issue.closed is not None, number)


def _match_alike(desk: Desk) -> None:
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


def _open_orphans(desk: Desk) -> list[OwnedIssue]:
    return [owned for owned in desk.pool.values() if owned.issue.closed is None and not owned.marker.adopted]


def _score(desk: Desk, placed: Placed, owned: OwnedIssue) -> float:
    text = last_text(desk.reading, owned)
    if not is_of_kind(owned, placed) or hard_words(placed.item.text) != hard_words(text):
        return 0.0
    return likeness(placed.item.text, text)


def _phase_of(desk: Desk, placed: Placed) -> str:
    return desk.phases[placed.phase] if placed.phase >= 0 else ""


def near_miss(desk: Desk, placed: Placed) -> str:
    """Name the orphan that looks most like a new item, in a few words, if one does."""
    scored = [
        (likeness(placed.item.text, last_text(desk.reading, owned)), owned)
        for owned in _open_orphans(desk)
        if is_of_kind(owned, placed)
    ]
    best = max(scored, key=lambda pair: pair[0], default=None)
    if best is None or best[0] < NEAR:
        return ""
    return f"#{best[1].number} “{best[1].issue.title}” ({best[0]:.2f})"
