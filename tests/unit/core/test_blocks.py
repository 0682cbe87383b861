"""The tree of blocks and inlines, whoever made it."""

from plansync.core.blocks import Block, Inline, Kind, Mark, plain_text, walk_blocks, walk_inlines
from plansync.core.text import Span

SPOT = Span(0, 1)


def test_blocks_are_walked_in_file_order() -> None:
    leaf = Block(Kind.PARAGRAPH, SPOT)
    item = Block(Kind.ITEM, SPOT, children=(leaf,))
    whole = Block(Kind.LIST, SPOT, children=(item, item))
    assert [block.kind for block in walk_blocks((whole, leaf))] == [
        Kind.LIST,
        Kind.ITEM,
        Kind.PARAGRAPH,
        Kind.ITEM,
        Kind.PARAGRAPH,
        Kind.PARAGRAPH,
    ]


def test_nesting_beyond_any_recursion_limit_is_walked() -> None:
    block = Block(Kind.PARAGRAPH, SPOT)
    inline = Inline(Mark.TEXT, SPOT, text="x")
    for _ in range(5000):
        block = Block(Kind.ITEM, SPOT, children=(block,))
        inline = Inline(Mark.EMPHASIS, SPOT, children=(inline,))
    assert sum(1 for _ in walk_blocks((block,))) == 5001
    assert sum(1 for _ in walk_inlines((inline,))) == 5001


def test_plain_text_is_what_a_reader_sees() -> None:
    strong = Inline(Mark.STRONG, SPOT, children=(Inline(Mark.CODE, SPOT, text="a"),))
    comment = Inline(Mark.HTML, SPOT, text="<!-- x -->")
    assert plain_text((strong, Inline(Mark.BREAK, SPOT), Inline(Mark.TEXT, SPOT, text="b "), comment)) == "a b"


def test_a_heading_without_text_has_an_empty_range_at_its_end() -> None:
    assert Block(Kind.HEADING, Span(3, 6)).text_span == Span(6, 6)


def test_an_empty_cell_keeps_its_place() -> None:
    assert Block(Kind.CELL, Span(3, 3)).text_span == Span(3, 3)
