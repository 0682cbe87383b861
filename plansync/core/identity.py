"""Who an item is: keys of plans, phases and items (spec §3.3, §3.7). Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import NewType

from plansync.core.model import ItemKind

PlanKey = NewType("PlanKey", str)
"""A plan's key, given once: its Feature ID, ``<id>@<path>``, or its path."""
ItemKey = NewType("ItemKey", str)
"""An item's identity: ``t-``, ``r-`` or ``q-`` and 16 hexadecimal digits; a plan's tracking issue has ``plan-``."""
PhaseKey = NewType("PhaseKey", str)
"""A phase's identity: ``p-`` and 16 hexadecimal digits."""

_TRACKING = "plan-"
_CODE_OR_TEXT = re.compile(r"(`+)(.+?)\1|[*_~]+|\\(?=[!-/:-@\[-`{-~])", re.DOTALL)


def normal_text(text: str) -> str:
    """Return ``text`` as it is compared: no emphasis marks, one blank between words, case folded, NFC.

    Code spans keep their inner text. Final full stops and colons do not count.
    """
    plain = _CODE_OR_TEXT.sub(lambda match: match.group(2) or "", text)
    words = unicodedata.normalize("NFC", plain).casefold().split()
    return " ".join(words).rstrip(" .:;")


def text_digest(text: str) -> str:
    """Return 12 hexadecimal digits that stand for the normal form of ``text`` in a marker."""
    return _digest(normal_text(text))[:12]


def item_key(plan: PlanKey, kind: ItemKind, text: str, occurrence: int) -> ItemKey:
    """Derive a new item's key. ``occurrence`` counts equal texts of one kind in the plan from 0."""
    return ItemKey(f"{kind.value[0]}-{_digest(plan, kind.value, normal_text(text), str(occurrence))[:16]}")


def tracking_key(plan: PlanKey) -> ItemKey:
    """Return the key of a plan's tracking issue, of which there is one."""
    return ItemKey(f"{_TRACKING}{_digest(plan, 'tracking issue')[:16]}")


def is_tracking(key: str) -> bool:
    """Say whether a key is that of a plan's tracking issue, not of an item."""
    return key.startswith(_TRACKING)


def phase_key(plan: PlanKey, phase_id: str | None, name: str | None, occurrence: int) -> PhaseKey:
    """Derive a new phase's key. ``occurrence`` counts phases of equal id and name from 0."""
    parts = (plan, "phase", phase_id or "", normal_text(name or ""), str(occurrence))
    return PhaseKey(f"p-{_digest(*parts)[:16]}")


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
