"""Issues whose items are gone, but whose links still stand in the plan (spec §4.4). Pure.

Who takes an item out of a plan takes its link along. Where the link is left, the item was lost by a slip: a task was
indented, a list lost its bullets, a heading ended the section. Such an issue is not closed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from plansync.core.links import Address, RefKind, Where, read_reference
from plansync.core.match import Match
from plansync.core.model import LinkPlace, Plan
from plansync.core.problems import Place
from plansync.core.stages import By


def standing_links(plan: Plan, matches: Sequence[Match], address: Address) -> Mapping[int, Place]:
    """Return where each issue of the target is linked that no item of the plan has its issue by."""
    standing: dict[int, Place] = {}
    for url, place in _links(plan, matches):
        reference = read_reference(url, address)
        if reference is not None and reference.kind is RefKind.ISSUE and reference.where is Where.HERE:
            standing.setdefault(reference.number, place)
    return standing


def _links(plan: Plan, matches: Sequence[Match]) -> Iterator[tuple[str, Place]]:
    """Yield loose links, and those of items that have their issue by another link: two items in one line, say."""
    for match in matches:
        if match.by is By.LINK:
            item = match.placed.item
            yield from ((link.url, item) for link in item.links if link.place is not LinkPlace.MENTION)
    yield from ((loose.url, loose) for loose in plan.loose_links)
