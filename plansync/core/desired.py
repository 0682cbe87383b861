"""What the plan wants of each item: issue, release, or nothing, and why (spec §4.6). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from plansync.core.match import Match
from plansync.core.model import ItemKind, Level, Risk, State
from plansync.core.ownership import Ownership
from plansync.core.reading import Reading
from plansync.core.stages import By
from plansync.core.status_words import Group, group_of, known_words
from plansync.core.wording import normal_word, read_wording

LABEL = "plansync"
RISK_LABEL = "risk"
QUESTION_LABEL = "question"
BREAKING_LABEL = "breaking-change"


class Fate(StrEnum):
    """What shall become of an item."""

    KEEP = "keep"
    CREATE = "create"
    RELEASE = "release"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Wish:
    """An item's fate and the reason, in a few words for people."""

    fate: Fate
    reason: str = ""


_HANDS_OFF = {By.ELSEWHERE, By.GONE, By.CONTESTED, By.UNREAD, By.BLOCKED}


def wish_for(match: Match, reading: Reading, ownership: Ownership, *, published: bool) -> Wish:
    """Decide whether an item shall have an issue.

    matched by           item                       fate
    no issue of ours     any                        nothing (elsewhere, gone, contested, unread, blocked)
    any                  in a part with an error    nothing
    any                  ignored                    release the issue, if it has one
    issue                any                        keep it in step
    none                 struck out                 nothing
    none                 ticked, closed, answered,  nothing, unless create_done
                         or in a complete phase
    none                 in an unpublished plan     nothing
    none                 open                       create
    """
    if match.by in _HANDS_OFF:
        return Wish(Fate.NOTHING, match.by.value)
    if reading.is_broken(match.placed):
        return Wish(Fate.NOTHING, "its part of the plan has an error")
    if reading.is_ignored(match.placed):
        owned = match.number is not None and match.number in ownership.owned
        return Wish(Fate.RELEASE if owned else Fate.NOTHING, "ignored")
    if match.number is not None:
        return Wish(Fate.KEEP)
    reason = _no_issue_reason(match, reading, published=published)
    return Wish(Fate.NOTHING, reason) if reason else Wish(Fate.CREATE, "new in the plan")


def _no_issue_reason(match: Match, reading: Reading, *, published: bool) -> str:
    state = match.placed.item.state
    if state is State.CANCELLED:
        return "cancelled"
    if not reading.rules.create_done:
        if state is State.DONE:
            return "already done"
        if match.placed.phase >= 0 and reading.plan.phases[match.placed.phase].complete:
            return "its phase is marked complete"
    return "" if published else "the plan is not published"


def is_published(reading: Reading, ownership: Ownership, *, publish: bool) -> tuple[bool, str]:
    """Say whether the plan's items may get issues, and if not, why.

    The gate applies only while a plan has no owned issue; ``publish`` is the user's own word for it.
    """
    if publish or ownership.of_plan(reading.key):
        return True, ""
    raw = status_raw(reading)
    group = group_of(raw, reading.rules.status_words) if raw else None
    if group in {Group.COMPLETE, Group.HELD}:
        return False, f"its Status is {raw}; run `plansync once PLAN --publish` to publish it all the same"
    allowed = {normal_word(word) for word in reading.rules.publish_when}
    known = allowed | known_words(reading.rules.status_words).keys()
    if allowed and normal_word(read_wording(raw or "", known).word) not in allowed:
        shown = raw or "missing"
        return False, f"its Status is {shown}; publish_when names {', '.join(reading.rules.publish_when)}"
    return True, ""


def status_raw(reading: Reading) -> str | None:
    """Return the raw Status of the header, or of the front matter where the header has none."""
    status = reading.plan.status or reading.plan.front_matter_status
    return status.raw if status else None


def priority(score: int | None) -> Level | None:
    """Return the priority of a risk score on 1..9: 6–9 high, 3–4 medium, 1–2 low (spec §6)."""
    if score is None:
        return None
    if score >= 6:
        return Level.HIGH
    return Level.MEDIUM if score >= 3 else Level.LOW


def labels_for(match: Match, *, breaking: bool) -> tuple[str, ...]:
    """Return the labels that plansync owns on the item's issue (spec §4.1)."""
    item = match.placed.item
    if isinstance(item, Risk):
        level = priority(item.score)
        return (LABEL, RISK_LABEL, *((risk_label(level),) if level else ()))
    if item.kind is ItemKind.QUESTION:
        return (LABEL, QUESTION_LABEL)
    return (LABEL, BREAKING_LABEL) if breaking else (LABEL,)


def risk_label(level: Level) -> str:
    """Return ``risk:high``, ``risk:medium`` or ``risk:low``."""
    return f"{RISK_LABEL}:{level.name.casefold()}"


def stale_labels(kind: ItemKind) -> frozenset[str]:
    """Return the labels that go from an issue of ``kind`` when the plan does not want them."""
    if kind is ItemKind.RISK:
        return frozenset(risk_label(level) for level in Level)
    return frozenset({BREAKING_LABEL}) if kind is ItemKind.TASK else frozenset()
