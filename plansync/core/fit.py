"""What a tracker can hold: capabilities as data, and the cutting of wishes to them. Pure.

Fields are compared in the form that the tracker keeps them, so that a text that comes back trimmed or with other
line ends is no drift (spec §4.1).
"""

from __future__ import annotations

from dataclasses import dataclass


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
    dependencies: bool = False
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
    credential: str = ""
    """A digest that tells one credential from another; it reveals nothing of the token."""


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
    head = text[: max(0, limit - len(_CUT) - 8)]
    head = head[: head.rfind("\n")] if "\n" in head else head
    fences = [line.lstrip()[:3] for line in head.split("\n") if line.lstrip().startswith(("```", "~~~"))]
    closing = f"\n{fences[-1]}" if len(fences) % 2 else ""
    return f"{head}{closing}{_CUT}"


_CUT = "\n\n…"


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
