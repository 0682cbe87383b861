"""The words that a plan's Status is written in, by group (spec §6). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from plansync.core.rules import StatusWords
from plansync.core.wording import normal_word, read_wording


class Group(StrEnum):
    """What a Status word says. The first three are the groups of the stages of the same value."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"
    HELD = "held"
    """People stopped the plan: plansync never changes such a word."""


BUILT_IN: Mapping[Group, tuple[str, ...]] = {
    Group.NOT_STARTED: (
        "Draft", "Planned", "Planning", "Approved", "Accepted", "Ready", "Ready for implementation",
        "Ready for development", "Ready to implement", "Ready to start", "Not Started", "Not yet started", "Unstarted",
        "Proposed", "Proposal", "Pending", "To Do", "Open", "New", "Backlog", "Queued", "Scheduled", "In Review",
        "Under Review", "Review", "Reviewed", "Designed", "Specified",
    ),
    Group.IN_PROGRESS: (
        "In Progress", "Active", "Implementing", "In Implementation", "Started", "Partial", "Partially complete",
        "Partially completed", "Partially done", "Partially implemented", "Work in progress", "WIP", "Ongoing",
        "Under way", "In Development", "Developing", "Building", "Executing", "Doing", "In Flight", "On Track",
    ),
    Group.COMPLETE: (
        "Complete", "Completed", "Done", "Implemented", "Shipped", "Finished", "Released", "Delivered", "Deployed",
        "Merged", "Closed", "Fully implemented",
    ),
    Group.HELD: (
        "On Hold", "Held", "Blocked", "Cancelled", "Canceled", "Deprecated", "Superseded", "Rejected", "Declined",
        "Archived", "Abandoned", "Paused", "Suspended", "Parked", "Stalled", "Deferred", "Postponed", "Withdrawn",
        "Obsolete", "Dropped", "Replaced", "Retired", "Won't do",
    ),
}  # fmt: skip


def known_words(words: StatusWords) -> Mapping[str, Group]:
    """Return the group of every known word by its normal form.

    The configuration's extra words go before the built-in ones, and the words that plansync writes before both.
    """
    known = {normal_word(word): group for group, listed in BUILT_IN.items() for word in listed}
    known |= {normal_word(word): Group(name) for name, listed in words.extra.items() for word in listed}
    return known | {normal_word(word): group for group, word in written_words(words).items()}


def written_words(words: StatusWords) -> Mapping[Group, str]:
    """Return the word that plansync writes for each group; a held word is never written."""
    return {
        Group.NOT_STARTED: words.not_started,
        Group.IN_PROGRESS: words.in_progress,
        Group.COMPLETE: words.complete,
    }


def group_of(raw: str, words: StatusWords) -> Group | None:
    """Return the group of the word in a Status value, or None where it holds no single known word.

    Brackets, emphasis, emoji, case and separators do not count, nor does a note behind the word.
    """
    known = known_words(words)
    return known.get(normal_word(read_wording(raw, known).word))
