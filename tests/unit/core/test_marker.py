"""The marker (spec §3.2): what is stamped is read again, what is garbled is not, what is signed is checked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plansync.core.marker import CLOSE, OPEN_PREFIX, Marker, Signature, read_marker, stamp, verify, wrap

TEXTS = st.text(alphabet=st.characters(codec="utf-8"), max_size=20)
FILLED = st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=20)
MARKERS = st.builds(Marker, plan=FILLED, item=FILLED, text=TEXTS, id=TEXTS, phase=TEXTS, adopted=st.booleans())
SAMPLE = Marker(plan="014-saved-searches", item="t-0123456789abcdef")


def test_a_marker_is_one_hidden_line_with_its_attributes_in_order() -> None:
    marker = Marker("a b", "t-1", text="00ff", id="T001", phase="p-2", adopted=True)
    assert stamp(marker) == ("<!-- plansync:v1 plan=a%20b item=t-1 text=00ff id=T001 phase=p-2 adopted=yes -->")


def test_empty_attributes_are_not_written() -> None:
    assert stamp(SAMPLE) == "<!-- plansync:v1 plan=014-saved-searches item=t-0123456789abcdef -->"


@given(MARKERS, st.lists(st.text(alphabet="abc", min_size=1), max_size=2))
def test_what_is_stamped_is_read_again(marker: Marker, keys: list[str]) -> None:
    assert read_marker(stamp(marker, keys)) == marker


@given(MARKERS)
def test_nothing_in_a_value_can_end_the_comment(marker: Marker) -> None:
    inside = stamp(marker, ["key"]).removeprefix("<!--").removesuffix("-->")
    assert "--" not in inside
    assert ">" not in inside
    assert inside.isascii()
    assert inside.isprintable()
    assert not {'"', "'", "<"} & set(inside)


def test_the_region_stands_between_marker_and_end_line() -> None:
    assert wrap(SAMPLE, "one\n\ntwo", ["k"]) == f"{stamp(SAMPLE, ['k'])}\none\n\ntwo\n{CLOSE}"


def test_the_first_marker_that_begins_a_line_counts() -> None:
    other = Marker("other", "t-2")
    assert read_marker(f"hello\r\n{stamp(SAMPLE)}\r\ntext\r\n{stamp(other)}\r\n") == SAMPLE
    assert read_marker(f"quoted: {stamp(other)}\n> {stamp(other)}\n{stamp(SAMPLE)}") == SAMPLE
    assert read_marker("no marker here") is None


def test_attributes_of_later_versions_are_passed_over() -> None:
    assert read_marker(f"{OPEN_PREFIX}plan=p item=t-1 colour=blue -->") == Marker("p", "t-1")


@pytest.mark.parametrize(
    "inside",
    [
        "plan=p item=t-1",
        "plan=p item=t-1-->",
        "plan=p -->",
        "item=t-1 -->",
        "plan= item=t-1 -->",
        "-->",
        " -->",
        "plan=p item=t-1 item=t-2 -->",
        "plan=p  item=t-1 -->",
        "plan=p item=t-1 loose -->",
        "plan=p item=t%2 -->",
        "plan=p item=t%zz -->",
        'plan="p" item=t-1 -->',
        "plan=p item=t-1 text=ä -->",
        "plan=p item=t--1 -->",
        "plan=p item=t-1 Text=x -->",
        "plan=p item=t-1 --> trailing",
    ],
)
def test_a_garbled_marker_is_none(inside: str) -> None:
    assert read_marker(OPEN_PREFIX + inside) is None
    assert verify(OPEN_PREFIX + inside, ["k"]) in {Signature.INVALID, Signature.UNSIGNED}


def test_the_first_key_signs_and_all_verify() -> None:
    old, new = stamp(SAMPLE, ["old"]), stamp(SAMPLE, ["new", "old"])
    assert verify(new, ["new", "old"]) is Signature.VALID_FIRST
    assert verify(old, ["new", "old"]) is Signature.VALID
    assert verify(old, ["new"]) is Signature.INVALID


def test_without_signature_or_without_keys_there_is_nothing_to_check() -> None:
    assert verify(stamp(SAMPLE), ["key"]) is Signature.UNSIGNED
    assert verify(stamp(SAMPLE, ["key"]), []) is Signature.UNSIGNED


def test_every_attribute_is_covered_by_the_signature() -> None:
    signed = stamp(SAMPLE, ["key"])
    assert verify(signed.replace("saved", "other"), ["key"]) is Signature.INVALID
    assert verify(signed.replace(" sig=", " adopted=yes sig="), ["key"]) is Signature.INVALID
    assert verify(signed.replace(" -->", " adopted=yes -->"), ["key"]) is Signature.INVALID
    assert verify(signed[:-6] + "0 -->", ["key"]) is Signature.INVALID
    assert verify("no marker", ["key"]) is Signature.INVALID


def test_a_text_without_a_valid_encoding_is_still_stamped() -> None:
    assert read_marker(stamp(Marker("plans/\udcff.md", "t-1"))) == Marker("plans/?.md", "t-1")
