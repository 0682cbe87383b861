"""What the journal keeps for the way back comes back as it was (spec §9)."""

from __future__ import annotations

from dataclasses import replace

from plansync.app.keepsake import pack, pack_state, read_image, unpack, unpack_state
from plansync.core.images import IssueImage, MilestoneImage
from plansync.core.observed import CloseReason
from tests.contract.test_store import BARE_PLAN, FULL_PLAN


def test_files_come_back_byte_for_byte_and_are_short_meanwhile() -> None:
    data = b"\xef\xbb\xbf# Plan\r\n\xff" + b"- [ ] the same again\n" * 500
    assert unpack(pack(data)) == data
    assert len(pack(data)) < len(data) / 10


def test_states_come_back_whole() -> None:
    for state in (FULL_PLAN, BARE_PLAN, replace(FULL_PLAN, missing_since=None, hold="")):
        assert unpack_state(pack_state(state)) == state
    assert unpack_state(pack_state(None)) is None


def test_an_image_after_is_the_one_before_with_what_changed() -> None:
    before = '{"title": "t", "body": "b", "closed": null, "labels": ["x"], "milestone": 3, "assignees": ["ann"]}'
    image = IssueImage(title="t", body="b", labels=frozenset({"x"}), milestone=3, assignees=("ann",))
    assert read_image("UpdateIssue", before) == image
    closed = replace(image, closed=CloseReason.NOT_PLANNED, milestone=None)
    assert read_image("CloseIssue", before, '{"closed": "not_planned", "milestone": null}') == closed
    assert read_image("CreateIssue", "", '{"title": "t"}') == IssueImage(title="t")
    assert read_image("CreateIssue", "") is None
    milestone = '{"title": "t", "description": "d", "closed": false}'
    assert read_image("CloseMilestone", milestone, '{"closed": true}') == MilestoneImage(
        title="t", description="d", closed=True
    )
