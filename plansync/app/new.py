"""The use case ``new``: what a new plan is called, so that it fits in beside the others, and what is in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

from plansync.app.show import read_plan
from plansync.core.filling import Blanks, fill_plan, why_no_template
from plansync.core.model import Plan
from plansync.errors import SourceError, UsageError
from plansync.ports.source import Content, Unreadable

_NUMBERED = re.compile(r"(?:^|/)(\d{1,6})-(?!\d\d-\d\d)")
_BETWEEN = re.compile(r"[\W_]+")
_LONGEST = 50


def feature_id(title: str, taken: Iterable[str]) -> str:
    """Return the next free number and the title's words: ``004-search-for-tasks``.

    ``taken`` are paths and Feature IDs of the plans that exist; any part of them may begin with a number; a date is
    none.
    """
    numbers = [int(number) for name in taken for number in _NUMBERED.findall(name)]
    return f"{max(numbers, default=0) + 1:03}-{_slug(title)}"


def plan_from(file: Content | Unreadable, blanks: Blanks, parse: Callable[[bytes], Plan]) -> bytes:
    """Return the plan that the template in ``file`` makes.

    Raises ``SourceError`` for a file that cannot be read, ``UsageError`` for a plan that has issues already: copied, it
    would lay claim to them.
    """
    plan = read_plan([file], parse)
    fault = next((found for found in plan.problems if found.part == "plan"), None)
    if fault is not None:
        raise SourceError(f"{file.path}:{fault.line}:{fault.column}: {fault.message}", hint=fault.hint)
    reason = why_no_template(plan)
    if reason:
        raise UsageError(f"{file.path} is no template: {reason}", hint="take the links out of a copy, and use that")
    return fill_plan(file.data, blanks) if isinstance(file, Content) else b""


def _slug(title: str) -> str:
    """Return the words of ``title`` in small letters, joined by hyphens, cut between words."""
    words = _BETWEEN.sub("-", unicodedata.normalize("NFKC", title).lower()).strip("-")
    if len(words) > _LONGEST:
        words = words[: _LONGEST + 1].rpartition("-")[0] or words[:_LONGEST]
    return words or "plan"


def home_of_plans(patterns: Iterable[str], default: str = "plans") -> str:
    """Return the folder that the first include pattern looks in: ``docs/plans`` for ``docs/plans/**/*.md``.

    A pattern that wants a folder for each plan, or one without a folder, says nothing about where a new plan goes.
    """
    folder, _, name = next(iter(patterns), "").removeprefix("/").rpartition("/")
    folder = folder.removesuffix("/**")
    takes_new_files = name == "*.md" and not re.search(r"[*?\[\]!\\]", folder)
    return folder if takes_new_files and folder else default
