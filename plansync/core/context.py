"""What the decisions of one run are made from, beside the plan itself. Values only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from plansync.core.facts import Facts
from plansync.core.fit import Capabilities
from plansync.core.identity import ItemKey
from plansync.core.links import Address
from plansync.core.observed import ObservedIssue, Relation, RelationKind, StateEvent
from plansync.core.ownership import Ownership
from plansync.core.refs import resolve

Render = Callable[[Facts], tuple[str, str]]
"""Facts → title and body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One observation, and what is known beside it.

    ``events`` has the closings and reopenings that were read because a decision asked for them; ``users`` the
    assignable ones among the names asked for; ``waiting`` the keys whose create is of unknown outcome and may not be
    repeated yet; ``may_remove`` is False where some plan of the project could not be read.
    """

    address: Address
    capabilities: Capabilities
    ownership: Ownership
    render: Render
    events: Mapping[int, tuple[StateEvent, ...]] = field(default_factory=dict)
    users: frozenset[str] = frozenset()
    waiting: frozenset[str] = frozenset()
    may_remove: bool = True
    publish: frozenset[str] = frozenset()
    """Paths of the plans that the user asked to publish."""
    lifted: frozenset[str] = frozenset()
    """Paths of the plans that a person named, and that are taken up again where they were held."""
    related: frozenset[Relation] = frozenset()
    """Relations that are known to be there."""
    looked: frozenset[tuple[RelationKind, int]] = frozenset()
    """Issues all of whose relations of a kind are in ``related``, because a decision asked for them."""

    def issue(self, number: int | None) -> ObservedIssue | None:
        """Return the observed issue, if there is one."""
        return self.ownership.issue(number) if number is not None else None


@dataclass(frozen=True, slots=True)
class Links:
    """The issues that a plan's items have, for texts that refer to them; ``coming`` are opened by this run."""

    known: Mapping[ItemKey, tuple[int, str]]
    coming: frozenset[ItemKey] = frozenset()

    def resolve(self, text: str) -> str:
        """Resolve the references of ``text``; items without an issue are named by their text alone."""
        return resolve(text, self.known)
