"""Quick actions: lines that GitLab would carry out with our token's rights, and the refusal to send them. Pure.

Texts of plans come in neutralised (:mod:`plansync.core.neutralise`); this is the second line of defence. People's own
text in an adopted issue is theirs and not neutralised. GitLab takes such lines out of a text when it is saved, but in
imported issues they still stand, and whoever sends the text again has them carried out, or taken out of it. So an
update that would send them is refused, while all that leaves the body alone goes on.

A line counts as harmless in fenced code alone, and only where both of GitLab's readers see the fence: CommonMark, and
the regular expression of older versions (``lib/gitlab/quick_actions/extractor.rb``), which knows three backticks at the
start of a line, and closes at a line of nothing else.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from plansync.errors import ChangeRefused

_ACTION = re.compile(r"[ ]{0,3}(?P<action>/[A-Za-z][\w-]*)(?=\s|$)")
_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}(?=[^`]*$)|~{3,})(?P<info>.*)")
_HINT = "put the line into backticks, or take it out of the issue's text, then sync again"


def check_text(text: str, what: str) -> None:
    """Raise ``ChangeRefused`` where GitLab would carry out a line of ``text``; ``what`` was to be done with it."""
    action = find_action(text)
    if action is not None:
        raise ChangeRefused(
            f"could not {what}: a line of its text begins with {action}, which GitLab would carry out", hint=_HINT
        )


def find_action(text: str) -> str | None:
    """Return the first quick action that a reader of GitLab's could see in ``text``, None without any."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    code = set(_in_fences(lines)) & set(_in_older_fences(lines))
    for number, line in enumerate(lines):
        found = _ACTION.match(line)
        if found and number not in code:
            return found["action"]
    return None


def _in_fences(lines: Sequence[str]) -> Iterator[int]:
    """Yield the numbers of the lines that CommonMark takes for fenced code."""
    fence = ""
    for number, line in enumerate(lines):
        found = _FENCE.fullmatch(line)
        if not fence:
            fence = found["fence"] if found else ""
        elif found and not found["info"].strip() and found["fence"].startswith(fence):
            fence = ""
        else:
            yield number


def _in_older_fences(lines: Sequence[str]) -> Iterator[int]:
    """Yield the numbers of the lines that older versions take for fenced code; an open fence is none."""
    closers = [number for number, line in enumerate(lines) if line == "```"]
    number = 0
    while number < len(lines):
        if lines[number].startswith("```"):
            nearest = number + (2 if lines[number] == "```" else 1)
            later = closers[bisect_left(closers, nearest) :][:1]
            if later:
                yield from range(number + 1, later[0])
                number = later[0]
        number += 1
