"""What the journal keeps so that there is a way back, as text: images of issues, files, and what was in step before.

Files and states are packed (zlib, base 64): a plan is kept whole, as it was and as it was written.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from plansync.core.baseline import DetailState, ItemState, Memo, PhaseState, PlanState
from plansync.core.changes import Change, CreateIssue, CreateMilestone, MilestoneChange
from plansync.core.images import Image, IssueImage, MilestoneImage
from plansync.core.observed import CloseReason, Relation, RelationKind
from plansync.core.predict import Prediction

WRITE_FILE, REMEMBER = "WriteFile", "Remember"
"""Kinds of records beside those of changes: a plan file was written; a plan's state as it was before the run."""
Fields = Mapping[str, Any]


def look(prediction: Prediction, change: Change) -> Fields:
    """Return how what ``change`` is about looks now, as JSON values; empty for what is not there yet."""
    number = getattr(change, "number", 0)
    if isinstance(change, MilestoneChange):
        milestone = prediction.milestones.get(number)
        return _fields(MilestoneImage.of(milestone)) if milestone is not None else {}
    issue = prediction.issues.get(number)
    return _fields(IssueImage.of(issue)) if issue is not None else {}


def look_at_new(prediction: Prediction, change: Change, number: int) -> Fields:
    """Return how what ``change`` made looks, but for its long text, which no way back needs."""
    if isinstance(change, CreateIssue):
        return {k: v for k, v in _fields(IssueImage.of(prediction.issues[number])).items() if k != "body"}
    made = MilestoneImage.of(prediction.milestones[number])
    return {k: v for k, v in _fields(made).items() if k != "description"}


def difference(before: Fields, after: Fields) -> Fields:
    """Return what of ``after`` is not as it was ``before``."""
    return {name: value for name, value in after.items() if name not in before or before[name] != value}


def is_new(change: Change) -> bool:
    """Say whether ``change`` makes something."""
    return isinstance(change, CreateIssue | CreateMilestone)


def as_text(fields: Fields) -> str:
    """Return JSON, or nothing for nothing."""
    return json.dumps(fields, ensure_ascii=False) if fields else ""


def read_image(kind: str, before: str, after: str = "") -> Image | None:
    """Return the image in a record of ``kind``, None where there is none: that before, or with ``after`` that after."""
    fields = {**_json(before), **_json(after)}
    if not fields:
        return None
    if kind.endswith("Milestone"):
        return MilestoneImage(**fields)
    closed = fields.get("closed")
    fields["closed"] = CloseReason(closed) if closed else None
    fields["labels"] = frozenset(fields.get("labels", ()))
    fields["assignees"] = tuple(fields.get("assignees", ()))
    return IssueImage(**fields)


def pack(data: bytes) -> str:
    """Return ``data`` as short text."""
    return b64encode(zlib.compress(data, 9)).decode("ascii")


def unpack(text: str) -> bytes:
    """Return what was packed."""
    return zlib.decompress(b64decode(text))


def mark_of(packed: str) -> str:
    """Return what stands for something packed in a later record about it."""
    return hashlib.sha256(packed.encode()).hexdigest()[:32]


def pack_state(state: PlanState | None) -> str:
    """Return a plan's state as text, empty for none."""
    if state is None:
        return ""
    return pack(json.dumps(asdict(state), ensure_ascii=False, default=datetime.isoformat).encode())


def unpack_state(text: str) -> PlanState | None:
    """Return the state that was packed."""
    if not text:
        return None
    fields: dict[str, Any] = json.loads(unpack(text))
    fields["items"] = tuple(_item(item) for item in fields["items"])
    fields["phases"] = tuple(PhaseState(**phase) for phase in fields["phases"])
    fields["relations"] = tuple(Relation(**(r | {"kind": RelationKind(r["kind"])})) for r in fields["relations"])
    for name in ("missing_since", "synced_at"):
        fields[name] = _time(fields[name])
    return PlanState(**fields)


def _item(fields: dict[str, Any]) -> ItemState:
    fields["details"] = tuple(DetailState(**detail) for detail in fields["details"])
    fields["memos"] = tuple(Memo(**memo) for memo in fields["memos"])
    return ItemState(**(fields | {"at": _time(fields["at"])}))


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _fields(image: Image) -> dict[str, Any]:
    fields = asdict(image)
    if isinstance(image, IssueImage):
        fields["labels"] = sorted(image.labels)
        fields["assignees"] = list(image.assignees)
    return fields


def _json(text: str) -> dict[str, Any]:
    return json.loads(text) if text else {}
