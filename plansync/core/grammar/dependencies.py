"""What a phase or task waits for: ``Phase 1``, ``Phases 1-3``, ``1, 2 and 3``, ``T001``, ``None`` (spec §2.9)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from plansync.core.grammar.page import Page
from plansync.core.grammar.phase_words import EASTERN_PHASE, NUMERAL, PHASE, by_digits
from plansync.core.grammar.words import is_nothing

_ID = r"(?:\d+(?:\.\d+)*[A-Za-z]?|[A-Z]-?\d+|[A-Z])(?!\.?\w)"
_INFLECTED = r"phase[sn]|sprints|stages|waves|milestones|fases|etapas|étapes|фаз(?:ами|ой|ы|е|у)|этап(?:ов|а|ы|е)"
_WORD = rf"(?:(?i:{_INFLECTED}|{PHASE}|фаз)|{EASTERN_PHASE})"
_TO = r"\s*(?:-|–|—|~|～|至|到|\b(?i:to|through|thru|bis|à|a|до|по)\b|\.\.\.?)\s*"
_AND = (
    r"(?:\s*[,;/+，、；]\s*(?:(?i:and|und|or|y|e|et|и)\s+|&\s*)?"
    r"|\s+(?i:and|or|und|sowie|oder|y|e|et|ou|и|или)\s+|\s*[&和与及]\s*)"
)
_PART = rf"{_ID}(?:{_TO}(?:{_WORD}\s*)?{_ID})?"
_LIST = rf"{_PART}(?:{_AND}(?:{_WORD}\s*)?{_PART})*"
_NAMED = re.compile(rf"{_WORD}\s*#?(?P<list>{_LIST})")
_DONE = r"(?:\s+(?i:(?:is|are|be)\s+)?(?i:completed?|done|finished|fertig|abgeschlossen))?\s*[.。]?"
_BARE = re.compile(rf"(?P<list>{_LIST}){_DONE}")
_RANGE = re.compile(rf"(?P<first>{_ID})(?:{_TO}(?:{_WORD}\s*)?(?P<last>{_ID}))?")
_NTH = re.compile(rf"第\s*(?P<nth>\d+|{NUMERAL})\s*(?:阶段|階段|フェーズ)|(?:阶段|階段)\s*(?P<after>{NUMERAL})")
_ALL_BEFORE = re.compile(
    rf"\b(?i:all|every)\s+(?i:of\s+the\s+)?(?i:previous|prior|preceding|earlier)\s+{_WORD}"
    rf"|\b(?i:alle\s+(?:vorherigen|vorangehenden|früheren))\s+{_WORD}"
    rf"|\b(?i:todas\s+(?:las|as)|toutes\s+les)\s+{_WORD}\s+(?i:anteriores|précédentes)"
    rf"|\b(?i:все\s+предыдущие)\s+{_WORD}|所有(?:之前|前面|前)的?(?:阶段|階段)"
)
_ONE_BEFORE = re.compile(
    rf"\b(?i:previous|prior|preceding|vorherige|vorangehende|предыдущ\w+)\s+{_WORD}"
    rf"|\b{_WORD}\s+(?i:anterior|précédente)\b|(?:上一|前一)个?(?:阶段|階段)"
)
_NONE = re.compile(r"(?i)(?:none|keine|ningun[oa]|aucune?|nenhuma?|нет|无|無|没有)(?!\w)")
_REASON = re.compile(r"\([^()]*\)|（[^（）]*）")
_MARKUP = re.compile(r"[`*_]|\]\([^()\s]*\)|\[")

_TASK_WORD = r"(?i:tasks?|steps?|aufgaben?|tâches?|tareas?|tarefas?|задач[аиу]?|任务|任務)"
_TASK_ID = r"(?:[A-Za-z]{1,6}-?\d+(?:[.-]\d+)*[a-z]?|\d+(?:\.\d+)*[a-z]?)(?!\.?\w)"
_TASK_TO = r"\s*(?:-|–|—|~|至|到|\b(?i:to|through|bis|до|a|à)\b|\.\.\.?)\s*"
_TASKS = re.compile(
    rf"(?:{_TASK_WORD}\s*#?)?(?P<first>{_TASK_ID})(?:{_TASK_TO}(?:{_TASK_WORD}\s*)?(?P<last>{_TASK_ID}))?{_DONE}"
)
_NAMED_TASK = re.compile(rf"{_TASK_WORD}\s*#?({_TASK_ID})|\b(T-?\d{{2,}}[a-z]?)(?!\w)")
_SPLIT = re.compile(_AND)
_IN_TITLE = re.compile(r"\(\s*(?i:depends\s+on|blocked\s+by|requires|after|needs):?\s+(?P<ids>[^()]*)\)")
_LONGEST = 100
"""The most characters that a task's id, or a range of two, takes."""
RANGE = ".."
"""Stands between the first and the last id of a range of tasks that is not resolved yet."""


def phase_ids(text: str) -> Iterator[tuple[str, str]]:
    """Yield the ids that a phase's Dependencies name as pairs (first, last); a single id is a pair of equals."""
    plain = _NTH.sub(_by_number, _plain(text))
    if _says_none(plain):
        return
    lists = [found["list"] for found in _NAMED.finditer(plain)]
    if not lists and (bare := _BARE.fullmatch(plain)):
        lists = [bare["list"]]
    for listed in lists:
        for found in _RANGE.finditer(listed):
            yield found["first"], found["last"] or found["first"]


def resolve_phases(text: str, known: Sequence[str], at: int | None = None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the ids of ``known`` that ``text`` names, in order, and the ids it names that are not there.

    ``at`` is the index of the phase that waits: ``all previous phases`` are those above it.
    """
    order = {phase_id: index for index, phase_id in reversed([*enumerate(known)])}
    found: dict[str, None] = dict.fromkeys(_before(text, known, at))
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
    """Return the task ids that ``text`` lists, as written; a range as ``T001..T003``. Prose without ids names none."""
    plain = _plain(text).rstrip(".。")
    if _says_none(plain):
        return ()
    ids: list[str] = []
    for part in _SPLIT.split(plain):
        whole = _TASKS.fullmatch(part.strip()) if len(part) <= _LONGEST else None
        if whole is None:
            ids += (found[1] or found[2] for found in _NAMED_TASK.finditer(part))
        else:
            ids.append(RANGE.join(filter(None, whole.group("first", "last"))))
    return tuple(dict.fromkeys(ids))


def ids_in_title(title: str) -> tuple[str, ...]:
    """Return the task ids that a title names in parentheses: ``(depends on T012, T013)``."""
    return tuple(dict.fromkeys(task_id for found in _IN_TITLE.finditer(title) for task_id in task_ids(found["ids"])))


def resolve_tasks(targets: Iterable[str], known: Sequence[str]) -> tuple[str, ...]:
    """Return ``targets`` as the ids of ``known`` that they name, ranges spelled out; what is not there stays."""
    order = {task_id.casefold(): index for index, task_id in reversed([*enumerate(known)])}
    found: dict[str, None] = {}
    for target in targets:
        ends = target.split(RANGE)
        places = [order.get(end.casefold()) for end in ends]
        at = [place for place in places if place is not None]
        if len(at) == len(ends):
            found |= dict.fromkeys(known[min(at) : max(at) + 1])
        else:
            found |= dict.fromkeys(known[p] if p is not None else e for e, p in zip(ends, places, strict=True))
    return tuple(found)


def _plain(text: str) -> str:
    return " ".join(_REASON.sub(" ", _MARKUP.sub("", text)).split())


def _says_none(plain: str) -> bool:
    return is_nothing(plain) or _NONE.match(plain) is not None


def _by_number(found: re.Match[str]) -> str:
    return f"阶段 {by_digits(found['nth'] or found['after'])}"


def _before(text: str, known: Sequence[str], at: int | None) -> Sequence[str]:
    if at is None:
        return ()
    if _ALL_BEFORE.search(text):
        return known[:at]
    return known[max(0, at - 1) : at] if _ONE_BEFORE.search(text) else ()


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
