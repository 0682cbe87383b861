"""How many changes of which kind, in words: for the last line of preview and for the summary of a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from plansync.app.report import ChangeReport
from plansync.cli.lines import counted


class Verb(NamedTuple):
    """How a kind of change is called, coming and done, and the sign it has in a list."""

    infinitive: str
    participle: str
    sign: str


VERBS = {
    "create": Verb("create", "created", "+"),
    "update": Verb("update", "updated", "~"),
    "close": Verb("close", "closed", "-"),
    "reopen": Verb("reopen", "reopened", "↑"),
    "relate": Verb("relate", "related", "~"),
}


def verb_of(kind: str) -> Verb:
    """Return the verb of a change's kind (``create_issue``)."""
    return VERBS[kind.partition("_")[0]]


def noun_of(kind: str) -> str:
    """Return what a change's kind is about: ``issue`` or ``milestone``."""
    return kind.partition("_")[2]


def pending_counts(counts: Mapping[str, int]) -> str:
    """Return what is to come: ``3 to create, 2 to update (1 text only), 1 to close``; empty for nothing."""
    text_only = counts.get("update_text", 0)
    parts = []
    for verb, words in VERBS.items():
        number = sum(count for kind, count in counts.items() if kind.startswith(f"{verb}_"))
        note = f" ({text_only} text only)" if verb == "update" and text_only else ""
        parts += [f"{number} to {words.infinitive}{note}"] if number else []
    return ", ".join(parts)


def done_counts(changes: Iterable[ChangeReport]) -> str:
    """Return what was done: ``3 milestones and 17 issues created, 1 issue closed``; empty for nothing."""
    done = [change.kind for change in changes if change.outcome == "done"]
    parts = []
    for verb, words in VERBS.items():
        numbers = ((done.count(f"{verb}_{noun}"), noun) for noun in ("milestone", "issue"))
        things = [counted(number, noun) for number, noun in numbers if number]
        parts += [f"{' and '.join(things)} {words.participle}"] if things else []
    return ", ".join(parts)
