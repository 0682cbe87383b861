"""How well plans are read: what the reader finds, against what people labelled (``golden/`` of a corpus).

Texts are compared without markup, case and punctuation. Phases count by id and name, tasks and risks by line and text.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plansync.core.fit import cut_text
from plansync.core.model import Plan
from plansync.core.parser import parse_plan

WHAT = ("phases", "tasks", "risks")
Place = int | str
"""A line, or of a phase its id."""

_ADDRESS = re.compile(r"(?<=\])\([^()\s]*\)")
_SHOWN = 100
_NO_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Part:
    """One phase, task or risk; ``face`` is its text as texts compare."""

    place: Place
    text: str

    @property
    def face(self) -> tuple[Place, str]:
        """Return what two readers must agree on."""
        return self.place, _NO_LETTER.sub("", _ADDRESS.sub("", self.text).casefold())


@dataclass(frozen=True, slots=True)
class Miss:
    """A part that one side has and the other has not, or not so. ``wanted`` or ``got`` is None where there is none."""

    file: str
    what: str
    place: Place
    wanted: str | None
    got: str | None

    def __str__(self) -> str:
        where = f"{self.file}: {self.what}, " + ("id " if self.what == "phases" else "line ") + str(self.place)
        if self.wanted is None:
            return f"{where}: there is none, got {_short(self.got)}"
        got = "found nothing" if self.got is None else f"got {_short(self.got)}"
        return f"{where}: wanted {_short(self.wanted)}, {got}"


@dataclass(frozen=True, slots=True)
class Score:
    """How many parts were wanted, how many found, how many of them are right, and what is not."""

    wanted: int = 0
    found: int = 0
    right: int = 0
    misses: tuple[Miss, ...] = ()

    def __add__(self, other: Score) -> Score:
        misses = (*self.misses, *other.misses)
        return Score(self.wanted + other.wanted, self.found + other.found, self.right + other.right, misses)

    @property
    def precision(self) -> float:
        """Return the share of what was found that is right; 1 where nothing was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Return the share of what is there that was found; 1 where nothing is there."""
        return self.right / self.wanted if self.wanted else 1.0

    def __str__(self) -> str:
        return f"{self.precision:7.2%} {self.recall:7.2%} ({self.right} of {self.wanted}, {self.found} found)"


@dataclass(frozen=True, slots=True)
class Golden:
    """What people found in a plan."""

    kind: str
    file: str
    parts: Mapping[str, Sequence[Part]]
    remarks: tuple[str, ...]
    """Where reasonable people differ."""

    @classmethod
    def load(cls, path: Path) -> Golden:
        """Read one label."""
        label: Any = json.loads(path.read_text("utf-8"))
        phases = label["phases"]
        parts = {
            "phases": [Part(str(phase["id"]), phase["name"] or "") for phase in phases],
            "tasks": [Part(task["line"], task["title"]) for phase in phases for task in phase["tasks"]],
            "risks": [Part(risk["line"], risk["risk"]) for risk in label["risks"]],
        }
        return cls(path.parent.name, label["file"], parts, tuple(label.get("ambiguous", ())))


def _short(text: str | None) -> str:
    return repr(cut_text(text or "", _SHOWN))


def parts_of(plan: Plan) -> Mapping[str, Sequence[Part]]:
    """Return what the reader found."""
    return {
        "phases": [Part(str(phase.id), phase.name or "") for phase in plan.phases],
        "tasks": [Part(task.line, task.text) for task in plan.tasks],
        "risks": [Part(risk.line, risk.text) for risk in plan.risks],
    }


def score_plan(golden: Golden, source: bytes, discussed: Mapping[str, frozenset[Place]]) -> Mapping[str, Score]:
    """Score one plan; deviations at the places ``discussed`` (by what they are) count on neither side."""
    found = parts_of(parse_plan(source))
    return {what: _score(golden, what, found[what], discussed.get(what, frozenset())) for what in WHAT}


def _score(golden: Golden, what: str, found: Sequence[Part], discussed: frozenset[Place]) -> Score:
    wanted, got = list(golden.parts[what]), list(found)
    same = Counter(part.face for part in wanted) & Counter(part.face for part in got)
    missing = [part for part in _without(wanted, same) if part.place not in discussed]
    surplus = [part for part in _without(got, same) if part.place not in discussed]
    right = same.total()
    misses = tuple(_misses(golden.file, what, missing, surplus))
    return Score(right + len(missing), right + len(surplus), right, misses)


def _without(parts: Iterable[Part], same: Counter[tuple[Place, str]]) -> Iterator[Part]:
    left = Counter(same)
    for part in parts:
        if left[part.face]:
            left[part.face] -= 1
        else:
            yield part


def _misses(file: str, what: str, missing: Sequence[Part], surplus: Sequence[Part]) -> Iterator[Miss]:
    """Pair what is missing with what was found instead, by place."""
    instead: dict[Place, list[Part]] = {}
    for part in surplus:
        instead.setdefault(part.place, []).append(part)
    for part in missing:
        others = instead.get(part.place)
        yield Miss(file, what, part.place, part.text, others.pop(0).text if others else None)
    for part in (part for others in instead.values() for part in others):
        yield Miss(file, what, part.place, None, part.text)


def deviations(golden: Golden, source: bytes) -> Mapping[str, frozenset[Place]]:
    """Return the places where reader and label differ."""
    return {
        what: frozenset(miss.place for miss in score.misses) for what, score in score_plan(golden, source, {}).items()
    }
