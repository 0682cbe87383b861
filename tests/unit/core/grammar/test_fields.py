"""Labels, and the fields they open."""

from __future__ import annotations

import pytest

from plansync.core.blocks import Block, Kind
from plansync.core.grammar.fields import find_fields, read_label, value_text
from plansync.core.grammar.page import Page
from plansync.core.markdown import parse_blocks
from plansync.core.text import Lines, Span

KNOWN = frozenset({"goal", "tasks"})


def label_of(text: str) -> tuple[str, str] | None:
    source = text.encode()
    page = Page(source, Lines(source))
    label = read_label(page, parse_blocks(source)[0], KNOWN)
    return (label.name, page.raw(label.value)) if label else None


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("**Goal:** x", ("Goal", "x")),
        ("**Goal**: x", ("Goal", "x")),
        ("__Goal:__ x", ("Goal", "x")),
        ("**目标**：x", ("目标", "x")),
        ("**Any `name`:** x", ("Any name", "x")),
        ("**Goal (short):** x", ("Goal (short)", "x")),
        ("Goal: x", ("Goal", "x")),
        ("*Goal:* x", ("Goal", "x")),
        ("**Goal**", ("Goal", "")),
        ("**Goal:** x <!-- c -->", ("Goal", "x")),
        ("**Any** x", None),
        ("**Any**", None),
        ("**Goal** x", None),
        ("*Any:* x", None),
        ("Any: x", None),
        ("Goal:x", None),
        ("`Goal:` x", None),
        ("**:** x", None),
        ("# Goal: x", None),
    ],
)
def test_a_label_is_bold_or_known(text: str, label: tuple[str, str] | None) -> None:
    assert label_of(text) == label


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("*Goal: one boat*", ("Goal", "one boat")),
        ("**Goal: one boat**", ("Goal", "one boat")),
        ("*Goal: *", None),
        ("*Any: one boat*", None),
        ("*one boat*", None),
        ("*Goal: one* boat", None),
        ("one `boat`", None),
        ("**Any** (of them):", ("Any", "")),
        ("**Any** (of them)： ", ("Any", "")),
        ("**Any** (of them): two", None),
        ("**Any** of them:", None),
        ("*Any* (of them):", None),
    ],
)
def test_a_paragraph_may_be_a_label_as_a_whole(text: str, label: tuple[str, str] | None) -> None:
    source = text.encode()
    page = Page(source, Lines(source))
    nodes, _ = find_fields(page, parse_blocks(source), KNOWN)
    assert [(node.label.name, page.raw(node.label.value)) for node in nodes] == ([label] if label else [])


def test_a_paragraph_of_nothing_has_no_label() -> None:
    page = Page(b"", Lines(b""))
    assert read_label(page, Block(Kind.PARAGRAPH, Span(0, 0)), KNOWN) is None


def test_fields_hold_what_stands_below_them() -> None:
    source = b"loose\n\n**Goal:**\n\n- one\n- two\n\n**Tasks:** x\n\n---\n\nmore\n\n- **Any:** y\n  - z\n- loose\n"
    page = Page(source, Lines(source))
    nodes, loose = find_fields(page, parse_blocks(source), KNOWN)
    assert [(node.label.key, value_text(page, node), len(node.content)) for node in nodes] == [
        ("goal", "one; two", 1),
        ("tasks", "x", 0),
        ("any", "y", 1),
    ]
    assert [page.raw(block.span) for block in loose] == ["loose", "more", "- loose"]
