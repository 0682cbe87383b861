"""Which issue front matter or header name as a plan's tracking issue (``tracking_issue = true``). Pure.

the header names                            it is
nothing, or a page that is no issue         nothing
an issue of the target                      the plan's tracking issue, adopted if it is nobody's
the same on the embedded tracker            that only if its marker, the store or its title say so
a bare number                               the same with bare_links, else nothing
an issue of another project                 elsewhere: none is opened here
an issue that is gone                       gone: none is opened while the link stands
an item's issue, another plan's             taken: none is opened while the link stands
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from plansync.core.evidence import reference_to
from plansync.core.identity import PlanKey, normal_text, tracking_key
from plansync.core.links import Address, Where
from plansync.core.ownership import Ownership
from plansync.core.problems import Problem, problem
from plansync.core.reading import Reading


class Named(Enum):
    """What the issue that a header names is to the plan."""

    NOTHING = auto()
    TRACKING = auto()
    ELSEWHERE = auto()
    GONE = auto()
    TAKEN = auto()
    BLOCKED = auto()


@dataclass(frozen=True, slots=True)
class NamedIssue:
    """The issue that a header names; ``number`` is 0 where there is none of the target."""

    what: Named = Named.NOTHING
    number: int = 0

    def problems(self, reading: Reading) -> tuple[Problem, ...]:
        """Return what is wrong with it, where it stands."""
        code, what = _PROBLEMS.get(self.what, ("", ""))
        issue = reading.plan.issue
        if issue is None or not code:
            return ()
        message = f"issue #{self.number}, which the header names as the plan's own, {what}"
        return (problem(code, issue.line, issue.column, message),)


_PROBLEMS = {
    Named.GONE: ("PS502", "is gone"),
    Named.TAKEN: ("PS501", "belongs to an item or to another plan"),
    Named.BLOCKED: ("PS503", "has a marker that fails to verify"),
}


def named_issue(reading: Reading, ownership: Ownership, address: Address) -> NamedIssue:
    """Return what the header of a plan names, where the plan shall have a tracking issue."""
    reference = reference_to(reading.plan, address, bare=reading.rules.bare_links)
    if reference is None or reference.where is Where.LOCAL or not reading.rules.tracking_issue:
        return NamedIssue()
    if reference.where is Where.ELSEWHERE:
        return NamedIssue(Named.ELSEWHERE)
    number = reference.number
    what = _what(reading, ownership, number)
    if address.kind == "local" and not _is_believable(reading, ownership, number, what):
        return NamedIssue()
    return NamedIssue(what, number)


def named_by(readings: Iterable[Reading], ownership: Ownership, address: Address) -> Mapping[int, PlanKey]:
    """Return the issues of nobody that headers name as tracking issues, with the first plan that does."""
    named: dict[int, PlanKey] = {}
    for reading in readings:
        found = named_issue(reading, ownership, address)
        if found.what is Named.TRACKING and found.number in ownership.foreign:
            named.setdefault(found.number, reading.key)
    return named


def _what(reading: Reading, ownership: Ownership, number: int) -> Named:
    tracking = ownership.tracking.get(number)
    if tracking is not None:
        return Named.TRACKING if tracking.plan == reading.key else Named.TAKEN
    if number in ownership.owned:
        return Named.TAKEN
    if number in ownership.blocked:
        return Named.BLOCKED
    if number not in ownership.foreign:
        return Named.GONE
    return Named.TRACKING if ownership.named.get(number, reading.key) == reading.key else Named.TAKEN


def _is_believable(reading: Reading, ownership: Ownership, number: int, what: Named) -> bool:
    """Say whether an address of the embedded tracker means the one in use: another database has the same numbers."""
    if what is not Named.TRACKING or number in ownership.tracking:
        return what is Named.TRACKING
    known = reading.state_of(number)
    is_known = known is not None and known.key == tracking_key(reading.key)
    return is_known or normal_text(ownership.foreign[number].title) == normal_text(reading.plan.title)
