"""Bare numbers that stand for an issue's link: ``Fit the tap (#12)`` (spec §3.1, §3.4). Pure.

Tools that make links plain leave them, and so do people who write plans by hand. A number is weaker than a link: what
any plan links in full is never claimed by a number, and of several numbers one counts.

the number names                       bare_links off                     bare_links on
an issue of this plan                  half alike in text: its issue      its issue
an issue of another plan               text                               its issue if the text is the same
an issue of nobody, or none            text                               its issue, to be adopted, or gone
the same on the embedded tracker       text                               its issue if title or store say so
a plan's tracking issue                text                               text
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from plansync.core.evidence import Claim, is_of_kind, last_text, read_claim
from plansync.core.identity import PlanKey, normal_text, text_digest
from plansync.core.links import Address
from plansync.core.model import Link, LinkPlace, State, Task
from plansync.core.ownership import OwnedIssue, Ownership
from plansync.core.reading import AnItem, Gated, Placed, Reading
from plansync.core.similarity import likeness
from plansync.core.spellings import BareNumber
from plansync.core.text import Span

HALF_ALIKE = 0.5


def take_numbers(
    readings: Sequence[Reading], gated: Sequence[Gated], ownership: Ownership, address: Address
) -> tuple[Reading, ...]:
    """Return the readings with every number that counts in the place of a link."""
    if all(item.bare is None for reading in readings for item in reading.plan.items):
        return tuple(readings)
    claims = [read_claim(reading, placed, ownership, address) for reading in readings for placed in reading.placed()]
    desk = _NumberDesk(readings, gated, ownership, address, claims)
    taken = desk.taken()
    return tuple(_with_links(reading, taken[reading.key], address) for reading in readings)


def linked_form(item: AnItem, address: Address) -> AnItem:
    """Return ``item`` as it reads once its bare number is a link; the same where it has none."""
    bare = item.bare
    if bare is None:
        return item
    link = Link(f"#{bare.number}", f"{address.issues}{bare.number}", bare.span, bare.cut, LinkPlace.TAIL, bare=True)
    plain = without_number(item, bare)
    return replace(plain, links=(*item.links, link))


def without_number(item: AnItem, bare: BareNumber) -> AnItem:
    """Return ``item`` as it reads without its bare number; what was read as part of a name goes from that as well."""
    state = State.CANCELLED if bare.struck else item.state
    read = replace(item, text=bare.text, state=state)
    if isinstance(read, Task) and bare.assignee and (read.assignee or "").startswith(bare.assignee):
        return replace(read, assignee=bare.assignee)
    return read


def _with_links(reading: Reading, taken: frozenset[Span], address: Address) -> Reading:
    def linked(item: AnItem) -> AnItem:
        return linked_form(item, address) if item.bare is not None and item.bare.span in taken else item

    return reading.map_items(linked) if taken else reading


@dataclass(frozen=True, slots=True)
class _Bid:
    """An item that ends in a number which may be its issue; of several the one with the highest score counts."""

    plan: PlanKey
    bare: BareNumber
    score: float


@dataclass(slots=True)
class _NumberDesk:
    readings: Sequence[Reading]
    gated: Sequence[Gated]
    ownership: Ownership
    address: Address
    claims: Sequence[Claim]
    linked: frozenset[int] = field(init=False)
    texts: dict[PlanKey, frozenset[str]] = field(init=False)
    """The digests of the items' texts, by plan."""
    known: dict[PlanKey, frozenset[tuple[str, str]]] = field(init=False)
    """Kind and text of the plan's issues, as their markers have them."""

    def __post_init__(self) -> None:
        """Note once what is linked in full."""
        linked = {claim.number for claim in self.claims if claim.number is not None}
        self.linked = frozenset(linked.union(*(plan.numbers for plan in self.gated)))
        self.texts = {
            reading.key: frozenset(text_digest(item.text) for item in reading.plan.items) for reading in self.readings
        }
        self.known = {
            key: frozenset((owned.key[:1], owned.marker.text) for owned in self.ownership.of_plan(key))
            for key in self.texts
        }

    def taken(self) -> dict[PlanKey, frozenset[Span]]:
        """Return where the numbers stand that count, by plan."""
        bids: dict[int, list[_Bid]] = defaultdict(list)
        for number, bid in self._bids():
            bids[number].append(bid)
        spans: dict[PlanKey, set[Span]] = defaultdict(set)
        for group in bids.values():
            best = max(group, key=lambda bid: bid.score)
            spans[best.plan].add(best.bare.span)
        return defaultdict(frozenset, {plan: frozenset(found) for plan, found in spans.items()})

    def _bids(self) -> Iterator[tuple[int, _Bid]]:
        for claim in self.claims:
            bare, has_link = claim.placed.item.bare, claim.number or claim.elsewhere or claim.stale
            if bare is not None and not has_link and self._counts(claim.reading, claim.placed, bare):
                yield bare.number, _Bid(claim.reading.key, bare, self._score(claim.reading, claim.placed, bare))

    def _counts(self, reading: Reading, placed: Placed, bare: BareNumber) -> bool:
        number = bare.number
        if number in self.linked or self.ownership.is_tracking(number) or self._is_known_with_it(reading, placed, bare):
            return False
        owned = self.ownership.owned.get(number)
        if owned is None:
            return reading.rules.bare_links and self._may_adopt(reading, bare)
        if not is_of_kind(owned, placed):
            return False
        if owned.plan == reading.key:
            return self._is_own(reading, bare, owned)
        return reading.rules.bare_links and self._may_move(bare, owned)

    def _is_known_with_it(self, reading: Reading, placed: Placed, bare: BareNumber) -> bool:
        """Say whether an issue of the plan has the whole text, number included: then that is a title like any."""
        item = placed.item
        is_same = bare.text == item.text  # the number stands in a field of its own
        return not is_same and (item.kind.value[0], text_digest(item.text)) in self.known[reading.key]

    def _may_adopt(self, reading: Reading, bare: BareNumber) -> bool:
        """On the embedded tracker a number is often another tracker's: title or store must agree."""
        if self.address.kind != "local":
            return True
        issue = self.ownership.foreign.get(bare.number)
        if issue is None:
            return False
        return reading.state_of(bare.number) is not None or normal_text(issue.title) == normal_text(bare.text)

    def _is_own(self, reading: Reading, bare: BareNumber, owned: OwnedIssue) -> bool:
        if owned.marker.text == text_digest(bare.text):
            return True
        if owned.marker.text in self.texts[reading.key]:
            return False
        return reading.rules.bare_links or likeness(bare.text, last_text(reading, owned)) >= HALF_ALIKE

    def _may_move(self, bare: BareNumber, owned: OwnedIssue) -> bool:
        """Say whether the item came from the issue's plan; of a plan that was not read nobody can tell (§4.3)."""
        if owned.plan not in self.texts:
            return owned.plan not in {plan.key for plan in self.gated}
        return owned.marker.text == text_digest(bare.text) and owned.marker.text not in self.texts[owned.plan]

    def _score(self, reading: Reading, placed: Placed, bare: BareNumber) -> float:
        owned = self.ownership.owned.get(bare.number)
        if owned is not None:
            is_same = owned.marker.text == text_digest(bare.text)
            return 2.0 if is_same else likeness(bare.text, last_text(reading, owned))
        issue = self.ownership.foreign.get(bare.number)
        return likeness(bare.text, issue.title) if issue is not None else 0.0
