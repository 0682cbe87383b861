"""Which milestone belongs to which phase (spec §3.8). Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from plansync.core.evidence import milestone_number
from plansync.core.identity import PhaseKey, phase_key, text_digest
from plansync.core.links import Address, Where, read_reference
from plansync.core.match import Match
from plansync.core.model import Link, Phase
from plansync.core.ownership import OwnedMilestone, Ownership
from plansync.core.reading import Reading


@dataclass(frozen=True, slots=True)
class PhaseMatch:
    """A phase, its key and, where it has one, its milestone.

    ``url`` and ``issues`` (closed, all) are the milestone's own. ``gone``: its Milestone field names a milestone that
    no longer exists; ``stale``: a local link to be replaced.
    """

    index: int
    key: PhaseKey
    number: int | None = None
    url: str | None = None
    issues: tuple[int, int] | None = None
    gone: bool = False
    stale: Link | None = None
    by_link: bool = False


@dataclass(slots=True)
class _Free:
    phases: list[int]
    milestones: dict[int, OwnedMilestone]
    found: dict[int, int]

    def take(self, index: int, number: int) -> None:
        self.phases.remove(index)
        self.milestones.pop(number, None)
        self.found[index] = number


def match_phases(
    reading: Reading, ownership: Ownership, address: Address, matches: Sequence[Match] = ()
) -> tuple[PhaseMatch, ...]:
    """Match the plan's phases: by link, then id and name, then name, then most matched tasks."""
    phases = reading.plan.phases
    ours = {owned.milestone.number: owned for owned in ownership.milestones_of(reading.key)}
    free = _Free(list(range(len(phases))), dict(ours), {})
    gone, stale = set(), {}
    for index, phase in enumerate(phases):
        number = milestone_number(phase.milestone_link, address)
        if number in free.milestones and _link_counts(free.milestones[number], phase, address):
            free.take(index, number)
        elif number is not None and address.kind != "local" and number not in ownership.milestones:
            gone.add(index)
        elif phase.milestone_link is not None and _is_ours_to_replace(phase.milestone_link, address):
            stale[index] = phase.milestone_link
    by_link = frozenset(free.found)
    for index, number in _by_marker(free, phases):
        free.take(index, number)
    for index, number in _by_tasks(free, ownership, matches):
        free.take(index, number)
    keys = _keys(reading, free.found, ours)
    milestones = {index: ours[number].milestone for index, number in free.found.items()}
    return tuple(
        PhaseMatch(
            index=i,
            key=keys[i],
            number=free.found.get(i),
            url=milestones[i].url if i in milestones else None,
            issues=milestones[i].issues if i in milestones else None,
            gone=i in gone and i not in free.found,
            stale=stale.get(i),
            by_link=i in by_link,
        )
        for i in range(len(phases))
    )


def _link_counts(owned: OwnedMilestone, phase: Phase, address: Address) -> bool:
    """A link to a local milestone proves something only if its marker agrees in id or name."""
    if address.kind != "local":
        return True
    return owned.marker.id == (phase.id or "") or owned.marker.text == text_digest(phase.name or "")


def _is_ours_to_replace(link: Link, address: Address) -> bool:
    reference = read_reference(link.url, address)
    return reference is not None and reference.where is not Where.ELSEWHERE


def _by_marker(free: _Free, phases: Sequence[Phase]) -> Iterator[tuple[int, int]]:
    for with_id in (True, False):
        for index in list(free.phases):
            phase = phases[index]
            name = text_digest(phase.name or "")
            hits = [
                number
                for number, owned in free.milestones.items()
                if owned.marker.text == name and (not with_id or owned.marker.id == (phase.id or ""))
            ]
            if hits:
                yield index, hits[0]


def _by_tasks(free: _Free, ownership: Ownership, matches: Sequence[Match]) -> Iterator[tuple[int, int]]:
    votes: dict[int, Counter[int]] = defaultdict(Counter)
    for match in matches:
        issue = ownership.issue(match.number) if match.number is not None else None
        if issue is not None and issue.milestone in free.milestones and match.placed.phase in free.phases:
            votes[match.placed.phase][issue.milestone] += 1
    ballots = sorted(
        ((count, index, number) for index, counter in votes.items() for number, count in counter.items()),
        key=lambda ballot: (-ballot[0], ballot[1], ballot[2]),
    )
    for _, index, number in ballots:
        if index in free.phases and number in free.milestones:
            yield index, number


def _keys(reading: Reading, found: Mapping[int, int], ours: Mapping[int, OwnedMilestone]) -> list[PhaseKey]:
    used = {owned.key for owned in ours.values()}
    given: set[PhaseKey] = set()
    keys: list[PhaseKey] = []
    for index, phase in enumerate(reading.plan.phases):
        owned = ours.get(found.get(index, 0))
        key = owned.key if owned is not None else _new_key(reading, phase, used | given)
        given.add(key)
        keys.append(key)
    return keys


def _new_key(reading: Reading, phase: Phase, used: set[PhaseKey]) -> PhaseKey:
    occurrence = 0
    while (key := phase_key(reading.key, phase.id, phase.name, occurrence)) in used:
        occurrence += 1
    return key
