"""What a plan's Status lines shall read, given its stage (spec §6). Pure.

The author's word is left alone as long as it says the same as the stage; a word that is written goes into the
author's form. Whatever cannot be understood is left with a Problem.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from plansync.core.fit import cut_text
from plansync.core.model import Plan, StatusLine
from plansync.core.problems import Problem, problem, problem_at
from plansync.core.progress import Stage
from plansync.core.rules import Rules, StatusWords
from plansync.core.status_words import Group, group_of, known_words, written_words
from plansync.core.text import Edit
from plansync.core.wording import Keep, Unclear, Verdict, Wording, Write, normal_word, read_wording, words_in

_PLACEHOLDER = re.compile(r"[\W_]*\{[^{}]*\}[\W_]*")
_SHORT_NOTE_WORDS = 4
"""A note behind a dash that is longer reads as a sentence about the old word."""
_MESSAGE_LIMIT = 60


@dataclass(frozen=True, slots=True)
class StatusChange:
    """What becomes of a plan's Status: ``old`` and ``new`` are the raw value that counts (None: no Status line)."""

    edits: tuple[Edit, ...]
    problems: tuple[Problem, ...]
    old: str | None
    new: str | None


def decide_status(raw: str, stage: Stage, words: StatusWords) -> Verdict:
    """Say what the Status value ``raw`` shall read.

    its word is                    and the stage            result
    held                           any                      stays
    of the stage's group           any                      stays
    an in-progress word            not started              stays: work has begun
    known otherwise                any                      the stage's own word, in the value's form
    known, but with a sentence     its word has to change   left, with a Problem
    or further words behind it
    unknown, several, missing      any                      left, with a Problem
    """
    known = known_words(words)
    wording = read_wording(raw, known)
    group = known.get(normal_word(wording.word))
    match group:
        case None:
            return Unclear(_why_unclear(raw, known))
        case Group.HELD:
            return Keep("a held plan's Status is people's")
        case Group.IN_PROGRESS if stage is Stage.NOT_STARTED:
            return Keep("work has begun")
        case _ if group == Group(stage.value):
            return Keep("the word says the same")
    if _is_telling(wording, known):
        return Unclear(f"the Status '{_short(raw)}' no longer holds, and the note behind it tells more than a word can")
    return Write(wording.reword(_stage_word(stage, words)))


def status_edits(plan: Plan, stage: Stage | None, rules: Rules) -> StatusChange:
    """Return the edits that bring the plan's Status lines into step with ``stage``, and the Problems met.

    Header and front matter are both written while they are of one group; otherwise the first in the file alone.
    Without a stage nothing is written and nothing found fault with.
    """
    lines = _lines(plan)
    if stage is None:
        raw = lines[0].raw if lines else None
        return StatusChange((), (), raw, raw)
    if not lines:
        return _without_line(plan, stage, rules)
    words = rules.status_words
    lines, problems = _agreeing(lines, words)
    verdicts = [(line, decide_status(line.raw, stage, words)) for line in lines]
    problems += [_unclear(line, verdict) for line, verdict in verdicts if isinstance(verdict, Unclear)]
    edits = tuple(
        Edit(line.span, (line.gap + verdict.text).encode()) for line, verdict in verdicts if isinstance(verdict, Write)
    )
    first = verdicts[0][1]
    return StatusChange(edits, tuple(problems), lines[0].raw, first.text if isinstance(first, Write) else lines[0].raw)


def status_faults(plan: Plan, words: StatusWords) -> tuple[Problem, ...]:
    """Return what a sync will find fault with in the plan's Status lines, however far the plan is."""
    lines, problems = _agreeing(_lines(plan), words)
    known = known_words(words)
    unclear = [(line, Unclear(_why_unclear(line.raw, known))) for line in lines if group_of(line.raw, words) is None]
    return (*problems, *(_unclear(line, verdict) for line, verdict in unclear))


def _lines(plan: Plan) -> list[StatusLine]:
    """Return the Status lines of front matter and header in the order of the file."""
    return sorted(filter(None, (plan.front_matter_status, plan.status)), key=lambda line: line.span)


def _agreeing(lines: list[StatusLine], words: StatusWords) -> tuple[list[StatusLine], list[Problem]]:
    """Return the lines that are kept in step: all, or the first where they differ; then a Problem says so."""
    if len({group_of(line.raw, words) for line in lines}) < 2:
        return lines, []
    first, second = lines
    message = f"the Status '{_short(second.raw)}' differs from '{_short(first.raw)}' in line {first.line}"
    return [first], [problem_at("PS702", second, message)]


def _without_line(plan: Plan, stage: Stage, rules: Rules) -> StatusChange:
    if rules.status_insert and plan.status_site is not None:
        word = _stage_word(stage, rules.status_words)
        return StatusChange((plan.status_site.edit(word),), (), None, word)
    if any(found.code == "PS104" for found in plan.problems):
        return StatusChange((), (), None, None)
    missing = problem("PS104", plan.title_line, 1, "the plan has no Status line to keep in step")
    return StatusChange((), (missing,), None, None)


def _unclear(line: StatusLine, verdict: Unclear) -> Problem:
    return problem_at("PS701", line, verdict.message)


def _stage_word(stage: Stage, words: StatusWords) -> str:
    return written_words(words)[Group(stage.value)]


def _is_telling(wording: Wording, known: Mapping[str, Group]) -> bool:
    """Say whether a note would turn wrong with the word: it holds known words, or is a sentence behind a dash.

    A comment tells of no stage, and text on the next line is not about the word.
    """
    note = wording.note.strip()
    if note.startswith(("<!--", "#")) or wording.note.lstrip(" \t").startswith(("\r", "\n")):
        return False
    is_sentence = not note.startswith("(") and len(note.split()) > _SHORT_NOTE_WORDS + 1
    return is_sentence or bool(words_in(note, known))


def _why_unclear(raw: str, known: Mapping[str, Group]) -> str:
    if not raw.strip():
        return "the Status is empty"
    if _PLACEHOLDER.fullmatch(raw):
        return f"the Status '{_short(raw)}' is still a placeholder"
    found = words_in(raw, known)
    if len(found) > 1:
        return f"the Status '{_short(raw)}' holds several words: {', '.join(found)}"
    return f"the Status '{_short(raw)}' is not one known word"


def _short(raw: str) -> str:
    return cut_text(raw.strip(), _MESSAGE_LIMIT)
