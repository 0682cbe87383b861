"""What happened at a host, as its webhooks tell it. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from plansync.core.fit import kept_line, kept_text


def issue_digest(title: str, body: str, closed: str | None, labels: Iterable[str], assignees: Iterable[str]) -> str:
    """Return hexadecimal digits that stand for what both an event and a listing show of an issue.

    Texts count in the form that they are compared in; ``closed`` is the reason for closing, None while it is open.
    Milestones are left out: GitLab's events name them by another number.
    """
    shown = [kept_line(title), kept_text(body), closed, sorted(labels), sorted(assignees)]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:32]
