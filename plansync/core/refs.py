"""References to items whose issue may not exist yet: tokens in texts, resolved when a number is known. Pure.

A token is ``STX key US label ETX``. These control characters never survive in plan text (``neutralise``), so a plan
cannot forge one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from plansync.core.identity import ItemKey

_FILLER = "\x00"
_TOKEN = re.compile("\x02([^\x02\x03\x1f]+)\x1f([^\x02\x03\x1f]*)\x03")


def reference(key: ItemKey, label: str) -> str:
    """Return the token for the issue of item ``key``, to be shown with the text ``label``."""
    return f"\x02{key}\x1f{label}\x03"


def references_in(text: str) -> tuple[ItemKey, ...]:
    """Return the keys that ``text`` refers to, in order."""
    return tuple(ItemKey(match.group(1)) for match in _TOKEN.finditer(text))


def resolve(text: str, links: Mapping[ItemKey, tuple[int, str]], *, missing: str = "") -> str:
    """Replace every token by ``[#12](url) label``, or, where ``links`` has no (number, url), by ``missing`` + label."""

    def shown(match: re.Match[str]) -> str:
        link = links.get(ItemKey(match.group(1)))
        lead = missing if link is None else f"[#{link[0]}]({link[1]})"
        return f"{lead} {match.group(2)}".strip()

    return _TOKEN.sub(shown, text)


def widen(text: str, room: int) -> str:
    """Return ``text`` with every token as long as its link may become, so that it can be cut; see :func:`narrow`."""
    return _TOKEN.sub(lambda match: match.group() + _FILLER * room, text)


def narrow(text: str) -> str:
    """Undo :func:`widen`."""
    return text.replace(_FILLER, "")


def preview(text: str, links: Mapping[ItemKey, tuple[int, str]]) -> str:
    """Resolve ``text`` for people's eyes: issues to come are shown as ``#?``."""
    return resolve(text, links, missing="#?")
