"""What a phase or task waits for: ``Phase 1``, ``Phases 1-3``, ``1, 2 and 3``, ``T001``, ``None`` (spec §2.9)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from plansync.core.grammar.page import Page
from plansync.core.grammar.words import is_nothing

_ID = r"(?:\d+(?:\.\d+)*[A-Za-z]?|[A-Z]-?\d+|[A-Z])(?![\w.]*\w)"
_WORD = r"(?i:phases?|sprints?|stages?|waves?|milestones?|fases?|фаз[аы]?|阶段)"
_TO = r"\s*(?:-|–|—|\bto\b|\bthrough\b|\.\.)\s*"
_AND = r"(?:\s*(?:,|;|/|\+)\s*(?:and\s+|&\s*)?|\s+(?:and|or|und|y|et|и)\s+|\s*&\s*)"
_PART = rf"{_ID}(?:{_TO}(?:{_WORD}\s*)?{_ID})?"
_LIST = rf"{_PART}(?:{_AND}(?:{_WORD}\s*)?{_PART})*"
_NAMED = re.compile(rf"{_WORD}\s*#?(?P<list>{_LIST})")
_BARE = re.compile(rf"(?P<list>{_LIST})(?:\s+(?:(?:is|are|be)\s+)?(?:completed?|done|finished))?\s*\.?")
_RANGE = re.compile(rf"(?P<first>{_ID})(?:{_TO}(?:{_WORD}\s*)?(?P<last>{_ID}))?")
_REASON = re.compile(r"\([^()]*\)")
_MARKUP = re.compile(r"[`*_]|\]\([^()\s]*\)|\[")
_TASK_IDS = re.compile(r"[,;&+]|\band\b")


def phase_ids(text: str) -> Iterator[tuple[str, str]]:
    """Yield the ids that a phase's Dependencies name as pairs (first, last); a single id is a pair of equals."""
    plain = _REASON.sub(" ", _MARKUP.sub("", text)).strip()
    if is_nothing(plain) or re.match(r"(?i)none\b", plain):
        return
    lists = [found["list"] for found in _NAMED.finditer(plain)]
    if not lists and (bare := _BARE.fullmatch(plain)):
        lists = [bare["list"]]
    for listed in lists:
        for found in _RANGE.finditer(listed):
            yield found["first"], found["last"] or found["first"]


def resolve_phases(text: str, known: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the ids of ``known`` that ``text`` names, in order, and the ids it names that are not there."""
    order = {phase_id: index for index, phase_id in reversed([*enumerate(known)])}
    found: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for first, last in phase_ids(text):
        unknown |= dict.fromkeys(phase_id for phase_id in (first, last) if phase_id not in order)
        if first in order and last in order:
            low, high = sorted((order[first], order[last]))
            found |= dict.fromkeys(known[low : high + 1])
        else:
            found |= dict.fromkeys(phase_id for phase_id in (first, last) if phase_id in order)
    return tuple(found), tuple(unknown)


def task_ids(text: str) -> tuple[str, ...]:
    """Return the task ids that ``text`` lists, as written."""
    plain = _REASON.sub(" ", _MARKUP.sub("", text)).strip().rstrip(".")
    if is_nothing(plain) or re.match(r"(?i)none\b", plain):
        return ()
    parts = (part.strip() for part in _TASK_IDS.split(plain))
    return tuple(dict.fromkeys(part for part in parts if part and not is_nothing(part)))


def report_cycle(page: Page, waits_for: Mapping[str, Iterable[str]], offsets: Mapping[str, int], noun: str) -> None:
    """Report the first cycle among ``waits_for`` (id → ids), if there is one."""
    state: dict[str, int] = {}
    for root in waits_for:
        path: list[tuple[str, Iterator[str]]] = []
        if root not in state:
            state[root] = 1
            path.append((root, iter(waits_for[root])))
        while path:
            node, rest = path[-1]
            following = next(rest, None)
            if following is None:
                state[node] = 2
                path.pop()
            elif state.get(following) == 1:
                names = [name for name, _ in path]
                cycle = " → ".join((*names[names.index(following) :], following))
                page.report("PS205", offsets[following], f"the dependencies of {noun} {cycle} form a cycle")
                return
            elif following not in state and following in waits_for:
                state[following] = 1
                path.append((following, iter(waits_for[following])))
