"""What one run did to each issue and milestone, joined from its single changes. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from plansync.core.identity import PlanKey
from plansync.core.images import Image, MilestoneImage


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """An issue or milestone as it was before the run and after; ``before`` is None where the run made it."""

    plan: PlanKey
    key: str
    number: int
    before: Image | None
    after: Image

    @property
    def is_milestone(self) -> bool:
        """Say whether it is a milestone's."""
        return isinstance(self.after, MilestoneImage)


def joined(deeds: Iterable[Trace]) -> tuple[Trace, ...]:
    """Join the deeds of one run, oldest first, to one trace for each issue and milestone."""
    found: dict[tuple[bool, int], Trace] = {}
    for deed in deeds:
        place = (deed.is_milestone, deed.number)
        first = found.get(place)
        found[place] = deed if first is None else replace(deed, before=first.before)
    return tuple(found.values())
