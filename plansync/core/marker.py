"""The hidden line that says which item of which plan an issue or milestone belongs to (spec §3.2). Pure.

``<!-- plansync:v1 plan=… item=… [text=…] [id=…] [phase=…] [file=…] [adopted=yes] [sig=…] -->`` opens the managed
region and ``<!-- /plansync -->`` ends it. Values are percent-encoded, so that nothing in them can end the comment or
begin another attribute. The marker is the truth about ownership; whether its author is believed is decided elsewhere.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, unquote

OPEN_PREFIX = "<!-- plansync:v1 "
CLOSE = "<!-- /plansync -->"

_SIGNATURE_DIGITS = 32
_LINE = re.compile(rf"^{re.escape(OPEN_PREFIX)}([^\r\n]*)", re.MULTILINE)
_ATTRIBUTE = re.compile(r"([a-z][a-z0-9_]*)=((?:[A-Za-z0-9_.~-]|%[0-9A-F]{2})*)")
_SIGNED = re.compile(rf"(?P<signed>.*) sig=(?P<sig>[0-9a-f]{{{_SIGNATURE_DIGITS}}})")


@dataclass(frozen=True, slots=True)
class Marker:
    """Whom an issue or milestone belongs to.

    ``item`` is an ``ItemKey``, or in a milestone a ``PhaseKey``; ``text`` is the digest of the item's last text, ``id``
    its explicit id, ``phase`` the key of its phase; ``file`` is the name of the item's file, where the plan has
    several; ``adopted`` means that a person opened the issue.
    """

    plan: str
    item: str
    text: str = ""
    id: str = ""
    phase: str = ""
    adopted: bool = False
    file: str = ""


class Signature(StrEnum):
    """What a marker's signature is worth to someone who holds the keys."""

    UNSIGNED = "unsigned"
    """There is none, or no key to check it with."""
    VALID_FIRST = "valid-first"
    """Made with the first key, the one that signs."""
    VALID = "valid"
    """Made with another of the keys: to be signed again."""
    INVALID = "invalid"


def stamp(marker: Marker, keys: Sequence[str] = ()) -> str:
    """Return the marker line, signed with the first of ``keys`` when there is one."""
    values = {
        "plan": marker.plan,
        "item": marker.item,
        "text": marker.text,
        "id": marker.id,
        "phase": marker.phase,
        "file": marker.file,
        "adopted": "yes" if marker.adopted else "",
    }
    attributes = " ".join(f"{name}={_encode(value)}" for name, value in values.items() if value)
    if keys:
        attributes += f" sig={_signature(attributes, keys[0])}"
    return f"{OPEN_PREFIX}{attributes} -->"


def wrap(marker: Marker, content: str, keys: Sequence[str] = ()) -> str:
    """Return the whole managed region: marker line, ``content``, end line; LF between them, none at the end."""
    return "\n".join((stamp(marker, keys), content, CLOSE))


def read_marker(text: str) -> Marker | None:
    """Return the first marker that begins a line of ``text``; None when there is none, or when it is garbled.

    Attributes that this version does not know are passed over; a repeated or badly encoded one makes it garbled.
    """
    body = _attributes_of(text)
    found = None if body is None else _parse(body)
    if not found or not found.get("plan") or not found.get("item"):
        return None
    return Marker(
        plan=found["plan"],
        item=found["item"],
        text=found.get("text", ""),
        id=found.get("id", ""),
        phase=found.get("phase", ""),
        file=found.get("file", ""),
        adopted=found.get("adopted") == "yes",
    )


def verify(text: str, keys: Sequence[str]) -> Signature:
    """Check the signature of the first marker in ``text`` against all ``keys``, in constant time for each.

    The signature covers every attribute before it as it is written, known to this version or not.
    """
    body = _attributes_of(text)
    parsed = None if body is None else _parse(body)
    if body is None or parsed is None:
        return Signature.INVALID
    if "sig" not in parsed or not keys:
        return Signature.UNSIGNED
    signed = _SIGNED.fullmatch(body)
    if signed is None:
        return Signature.INVALID
    made_with = [hmac.compare_digest(_signature(signed["signed"], key), signed["sig"]) for key in keys]
    if made_with[0]:
        return Signature.VALID_FIRST
    return Signature.VALID if any(made_with) else Signature.INVALID


def _encode(value: str) -> str:
    return quote(value, safe="", errors="replace").replace("--", "%2D%2D")


def _signature(attributes: str, key: str) -> str:
    digest = hmac.new(key.encode(), attributes.encode("ascii"), hashlib.sha256).hexdigest()
    return digest[:_SIGNATURE_DIGITS]


def _attributes_of(text: str) -> str | None:
    """Return what stands between the opening and ``-->`` of the first marker line; ASCII only."""
    line = _LINE.search(text)
    if line is None:
        return None
    inside = line[1].rstrip(" \t")
    return inside.removesuffix(" -->") if inside.endswith(" -->") and inside.isascii() else None


def _parse(body: str) -> dict[str, str] | None:
    pairs = list(_pairs(body))
    names = [name for name, _ in pairs]
    return None if "" in names or len(set(names)) != len(names) else dict(pairs)


def _pairs(body: str) -> Iterator[tuple[str, str]]:
    """Yield each attribute decoded; a piece that is none yields an empty name."""
    for piece in body.split(" "):
        found = _ATTRIBUTE.fullmatch(piece)
        yield ("", piece) if found is None or "--" in piece else (found[1], unquote(found[2]))
