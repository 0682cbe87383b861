"""Behaviours of GitHub that a careless tool trips over, each with a switch that turns it off.

A test of plansync that passes while a switch is in ``GitHub.lenient`` does not look at that behaviour.
"""

from __future__ import annotations

SWITCHES = {
    "labels-dropped": "labels, milestone and assignees of a new issue are dropped silently without the right to push",
    "patch-replaces-labels": "a PATCH with labels replaces what people added",
    "milestone-title-clash": "a second milestone with the same title is refused",
    "redirect-on-rename": "a renamed repository answers its old name with 301 or 307",
    "case-blind-labels": "labels that differ in case alone are one label",
    "trimmed-titles": "titles are kept without blanks at their ends",
    "pull-requests-in-list": "the list of issues holds pull requests, too",
    "pages": "lists come in pages of at most 100, 30 if nothing is said",
    "cursor-beyond-10000": "the list of issues is not counted in pages beyond the 10,000th; `after` goes on",
    "etags-per-token": "an ETag differs from token to token",
    "deleted-is-410": "a deleted issue answers 410, not 404",
    "counters-include-pull-requests": "a milestone counts pull requests as issues",
    "invalid-assignee": "an assignee who cannot be assigned makes the whole creation fail",
    "browser-crlf": "a body that was saved in a browser has CR and LF at the end of each line",
    "transferred-issues": "a transferred issue leads to where it is now with 301",
    "long-text": "a title above 256 or a body above 65,536 characters is refused",
}


class Leniency(set[str]):
    """The switches that are on; a name that no switch has is a mistake of the test."""

    def strict(self, name: str) -> bool:
        """Say whether GitHub's own behaviour ``name`` is in force."""
        unknown = (self | {name}) - SWITCHES.keys()
        if unknown:
            raise LookupError(f"no such switch: {', '.join(sorted(unknown))}")
        return name not in self
