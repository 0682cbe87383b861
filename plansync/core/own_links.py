"""An item's own link inside its text, where people wrote on behind it: ``Fit the tap ([#12](…)) by Friday``. Pure.

Such a link is a reference like any other (spec §3.1), unless it is written as plansync writes it and leads to an issue
of this plan that no item has by a link which leads or ends its text, and the texts are at least half alike. Then it
counts as if it ended the text, and is no part of the title (spec §2.7).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from plansync.core.evidence import is_of_kind, last_text, read_claim
from plansync.core.links import Address, RefKind, Where, read_reference
from plansync.core.model import Item, Link, LinkPlace
from plansync.core.numbers import HALF_ALIKE
from plansync.core.ownership import Ownership
from plansync.core.reading import AnItem, Placed, Reading
from plansync.core.similarity import likeness

_STOPS = frozenset(",.;:!?")


def take_own_links(readings: Sequence[Reading], ownership: Ownership, address: Address) -> tuple[Reading, ...]:
    """Return the readings with every such link in the place of one that ends the text."""
    links = (link for reading in readings for item in reading.plan.items for link in item.links)
    if not any(map(_is_mention, links)):
        return tuple(readings)
    claims = [read_claim(reading, placed, ownership, address) for reading in readings for placed in reading.placed()]
    taken = {claim.number for claim in claims if not _is_mention(claim.link)}
    own: dict[int, Link] = {}
    for claim in claims:
        if not _is_mention(claim.link):
            continue
        for number, link in _mentions(claim.placed.item, address):
            if number not in taken and _is_own(claim.reading, claim.placed, number, link, ownership):
                own[id(claim.placed.item)] = link
                taken.add(number)
                break

    def settled(item: AnItem) -> AnItem:
        return _ended_by(item, own[id(item)]) if id(item) in own else item

    return tuple(reading.map_items(settled) for reading in readings) if own else tuple(readings)


def _is_mention(link: Link | None) -> bool:
    return link is None or link.place is LinkPlace.MENTION


def _mentions(item: Item, address: Address) -> Iterator[tuple[int, Link]]:
    """Yield the links inside the item's text that are written as plansync writes them, with their numbers."""
    for link in item.links:
        reference = read_reference(link.url, address) if link.place is LinkPlace.MENTION else None
        is_issue = reference is not None and reference.kind is RefKind.ISSUE and reference.where is Where.HERE
        if reference is not None and is_issue and link.label == f"#{reference.number}" and _written(link) in item.text:
            yield reference.number, link


def _is_own(reading: Reading, placed: Placed, number: int, link: Link, ownership: Ownership) -> bool:
    owned = ownership.owned.get(number)
    if owned is None or owned.plan != reading.key or not is_of_kind(owned, placed):
        return False
    known = reading.state_of(number)
    words = _ended_by(placed.item, link).text
    is_known = known is not None and known.key == owned.key
    return is_known or likeness(words, last_text(reading, owned)) >= HALF_ALIKE


def _ended_by(item: AnItem, link: Link) -> AnItem:
    """Return ``item`` as if ``link`` ended its text."""
    before, _, after = item.text.partition(_written(link))
    words = f"{before.rstrip()}{'' if after[:1] in _STOPS else ' '}{after.lstrip()}".strip()
    links = tuple(replace(other, place=LinkPlace.TAIL) if other == link else other for other in item.links)
    return replace(item, text=words, links=links)


def _written(link: Link) -> str:
    return f"([{link.label}]({link.url}))"
