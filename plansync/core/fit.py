"""What a tracker can hold: capabilities as data, and the cutting of wishes to them. Pure.

Fields are compared in the form that the tracker keeps them, so that a text that comes back trimmed or with other
line ends is no drift (spec §4.1).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta

from plansync.core.pace import Manners


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What one kind of tracker can hold and do (spec §7). Sizes are in characters."""

    name: str
    title_limit: int = 255
    body_limit: int = 65_536
    milestone_title_limit: int = 255
    milestone_body_limit: int = 65_536
    label_limit: int = 50
    close_reasons: bool = True
    """False: "not planned" is shown by a label."""
    assignees: int = 10
    """How many people an issue can be assigned to."""
    sub_issues: bool = False
    sub_issue_limit: int = 0
    """How many an issue may have, closed ones included (0: no limit)."""
    dependencies: bool = False
    """True: it can be said of an issue that another one blocks it."""
    dependency_limit: int = 0
    """How many issues may block one (0: no limit)."""
    links: bool = False
    """True: issues can be related without saying how, which stands in for what is missing of the other two."""
    batch: int = 1
    conditional_reads: bool = False
    case_blind_labels: bool = True
    quick_actions: bool = False
    """True: lines that begin with ``/word`` in a text would be executed."""
    references: tuple[str, ...] = ("#", "GH-")
    """The prefixes that turn a number into a reference to an issue or request."""
    branch_bound: bool = True
    """True: a folder inside a Git checkout syncs to it only on the source's branch (spec §4.5)."""
    quarantine: bool = True
    """False: a listing is never behind, so a create whose answer was lost is settled at once (spec §4.7)."""
    grain: timedelta = timedelta(0)
    """How much later one time must be than another to be later for certain: hosts round, and clocks differ."""
    credential: str = ""
    """A digest that tells one credential from another; it reveals nothing of the token."""
    account: str = ""
    """What the pace is remembered under: host and credential (see :class:`~plansync.ports.pacing.Pacing`)."""
    manners: Manners = field(default_factory=Manners)
    """How fast the host may be asked and written to."""


def cut_text(text: str, limit: int) -> str:
    """Return ``text`` cut at a word to ``limit`` characters, with ``…`` where something is missing (spec §2.7)."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    if not text[limit - 1].isspace() and " " in head.strip():
        head = head[: head.rindex(" ")]
    return head.rstrip() + "…"


def cut_body(text: str, limit: int) -> str:
    """Return ``text`` cut at a line to ``limit`` characters; a code fence that the cut opened is closed again."""
    if len(text) <= limit:
        return text
    room = limit - len(_CUT)
    head = _whole_lines(text, room)
    closing = _closing(head)
    while closing and len(head) + len(closing) > room:
        head = _whole_lines(head, room - len(closing))
        closing = _closing(head)
    return f"{head}{closing}{_CUT}"


def _whole_lines(text: str, room: int) -> str:
    """Return as many whole lines as go into ``room`` characters; of a first line that is longer, its beginning."""
    head = text[: max(0, room)]
    return head[: head.rfind("\n")] if "\n" in head else head


def _closing(head: str) -> str:
    """Return what closes the code fence that is open at the end of ``head``, as far in as it was opened."""
    opening = ""
    for found in _FENCE.finditer(head):
        if not opening:
            opening = found["indent"] + found["fence"]
        elif not found["info"].strip() and found["fence"].startswith(opening.strip()):
            opening = ""
    return f"\n{opening}" if opening else ""


_CUT = "\n\n…"
_FENCE = re.compile(r"^(?P<indent>[ \t]*)(?P<fence>`{3,}(?=[^`]*$)|~{3,})(?P<info>.*)$", re.MULTILINE)


def kept_line(text: str) -> str:
    """Return a title as trackers keep it: one line, trimmed, one blank between words."""
    return " ".join(text.split())


def kept_text(text: str) -> str:
    """Return a body in the form it is compared in: LF line ends, no trailing blanks in lines or at either end."""
    unix = text.replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(line.rstrip() for line in unix.split("\n")).strip("\n")


def find_label(wanted: str, existing: frozenset[str], capabilities: Capabilities) -> str | None:
    """Return ``wanted`` as the tracker spells it among ``existing``, or None when it is not there."""
    if wanted in existing:
        return wanted
    if capabilities.case_blind_labels:
        fold = wanted.casefold()
        return next((label for label in sorted(existing) if label.casefold() == fold), None)
    return None
