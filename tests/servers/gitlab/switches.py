"""Behaviours of GitLab that a careless tool trips over, each with a switch that turns it off.

A test of plansync that passes while a switch is in ``GitLab.lenient`` does not look at that behaviour.
"""

from __future__ import annotations

SWITCHES = {
    "browser-crlf": "an issue that was saved in an old browser's form has CR and LF at the end of each line",
    "group-milestone-title-clash": "a milestone may not be called like one of a group above or a project below",
    "label-case": "labels that differ in case alone are two labels",
    "labels-dropped-for-guests": "labels, milestone and assignees are left out silently for who may not set them",
    "milestone-ids": "a milestone is addressed by its id, which is another number than its iid",
    "milestone-title-clash": "a second milestone with the same title is refused",
    "moved-issues": "a moved issue is closed and says where it went",
    "pages": "lists come in pages of at most 100, 20 if nothing is said",
    "promoted-issues": "an issue that became an epic is closed",
    "put-labels-replaces": "a PUT with labels replaces what people added",
    "quick-actions": "lines of a description or note that are quick actions are carried out and cut out",
    "renamed-projects": "a renamed project answers its old path with 301, and writing there with 405",
    "tidied-texts": "descriptions and notes lose carriage returns and trailing space",
    "totals": "pages are not counted above 10,000 records",
    "trimmed-titles": "titles are kept without space at their ends",
    "work-items-urls": "where ``GitLab.work_items`` is set, issues have addresses with ``/-/work_items/``",
}


class Leniency(set[str]):
    """The switches that are on; a name that no switch has is a mistake of the test."""

    def strict(self, name: str) -> bool:
        """Say whether GitLab's own behaviour ``name`` is in force."""
        unknown = (self | {name}) - SWITCHES.keys()
        if unknown:
            raise LookupError(f"no such switch: {', '.join(sorted(unknown))}")
        return name not in self
