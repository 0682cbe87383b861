"""The diff of a preview reads well, whatever bytes the file is made of."""

from __future__ import annotations

import pytest

from plansync.core.filediff import unified_diff

EXPECTED = "--- a/plans/a.md\n+++ b/plans/a.md\n@@ -1,2 +1,2 @@\n-one\n+ONE\n two\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"one\ntwo\n", b"ONE\ntwo\n"),
        (b"one\r\ntwo\r\n", b"ONE\r\ntwo\r\n"),
        (b"\xef\xbb\xbfone\ntwo\r\n", b"\xef\xbb\xbfONE\ntwo\r\n"),
    ],
)
def test_line_ends_and_byte_order_mark_are_not_shown(before: bytes, after: bytes) -> None:
    assert unified_diff("plans/a.md", before, after) == EXPECTED


def test_a_missing_final_newline_is_said() -> None:
    assert unified_diff("a.md", b"one", b"two") == (
        "--- a/a.md\n+++ b/a.md\n@@ -1 +1 @@\n-one\n\\ No newline at end of file\n+two\n\\ No newline at end of file\n"
    )


def test_only_line_feeds_end_a_line() -> None:
    text = "a\u2028b\x0bc\n".encode()
    assert "+a\u2028b\x0bc!\n" in unified_diff("a.md", text, text.replace(b"c", b"c!"))


def test_equal_files_have_no_diff() -> None:
    assert unified_diff("a.md", b"same\n", b"same\n") == ""
    assert unified_diff("a.md", b"", b"") == ""


def test_bytes_that_are_no_text_do_not_stop_it() -> None:
    assert "-\ufffd\n" in unified_diff("a.md", b"\xff\n", b"a\n")
