"""Blocks with exact byte ranges, and the one concession to how people write."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from plansync.core.blocks import Block, Kind, Mark, plain_text, walk_blocks, walk_inlines
from plansync.core.markdown import field_lines, parse_blocks
from plansync.core.text import Span
from tests.support.plans import plan_sources, wild_sources


def shown(text: str, start: int = 0) -> list[tuple[str, str]]:
    source = text.encode()
    return [(block.kind.name, block.span.of(source).decode()) for block in parse_blocks(source, start)]


def first(text: str, kind: Kind) -> Block:
    return next(block for block in walk_blocks(parse_blocks(text.encode())) if block.kind is kind)


class TestRanges:
    def test_have_no_blanks_at_their_ends(self) -> None:
        assert shown("  # Title  \n\n- a  \n\n\ntext\n") == [
            ("HEADING", "# Title"),
            ("LIST", "- a"),
            ("PARAGRAPH", "text"),
        ]

    def test_count_from_the_start_of_the_file_whatever_stands_before(self) -> None:
        source = "\ufeff# Título\n".encode()
        (heading,) = parse_blocks(source, 3)
        assert heading.span == Span(3, len(source) - 1)
        assert heading.text_span.of(source) == "Título".encode()

    def test_of_an_item_below_a_tab_begin_at_its_marker(self) -> None:
        source = b"- a\n\t- b\n"
        inner = [block for block in walk_blocks(parse_blocks(source)) if block.kind is Kind.ITEM][1]
        assert inner.span.of(source) == b"- b"

    def test_the_text_of_a_tight_item_is_a_paragraph(self) -> None:
        assert [child.kind for child in first("- a\n  - b\n", Kind.ITEM).children] == [Kind.PARAGRAPH, Kind.LIST]

    def test_an_item_may_have_no_text_at_all(self) -> None:
        assert first("-\n- a\n", Kind.ITEM).children == ()

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_are_the_same_for_every_kind_of_line_end(self, end: str) -> None:
        text = end.join(["# T", "", "- a", "", "  ```", "  - b", "  ```", "- c", ""])
        assert [kind for kind, _ in shown(text)] == ["HEADING", "LIST"]
        assert first(text, Kind.CODE).closed

    def test_links_know_label_and_url(self) -> None:
        paragraph = first("see [the *docs*](https://x.example/a 't') ![i](u)", Kind.PARAGRAPH)
        link = next(inline for inline in paragraph.inlines if inline.mark is Mark.LINK)
        assert link.url == "https://x.example/a"
        assert [i.mark for i in walk_inlines((link,))] == [Mark.LINK, Mark.TEXT, Mark.EMPHASIS, Mark.TEXT]


class TestFences:
    @pytest.mark.parametrize("text", ["```\nx\n```", "~~~py\n~~~~", "- ```\n  x\n  ```", "````\n```\n````  "])
    def test_that_are_closed(self, text: str) -> None:
        assert first(text, Kind.CODE).closed

    @pytest.mark.parametrize("text", ["```", "```\nx", "````\n```", "- ```\n  x\n- y", "```\n~~~"])
    def test_that_are_not(self, text: str) -> None:
        assert not first(text, Kind.CODE).closed

    def test_keep_the_words_behind_them(self) -> None:
        assert first("```python title\n```", Kind.CODE).info == "python title"

    def test_indented_code_has_none(self) -> None:
        code = first("    x\n", Kind.CODE)
        assert code.closed and not code.fenced


class TestTables:
    def row(self, line: str) -> tuple[list[str], bool]:
        text = f"| a | b |\n|---|---|\n{line}\n"
        table = first(text, Kind.TABLE)
        row = table.children[1]
        return [cell.span.of(text.encode()).decode() for cell in row.children], row.fits

    def test_cells_are_trimmed(self) -> None:
        assert self.row("|  x y  |z|") == (["x y", "z"], True)

    def test_leading_and_trailing_pipes_are_optional(self) -> None:
        assert self.row("x | z") == (["x", "z"], True)

    def test_escaped_pipes_are_text(self) -> None:
        assert self.row("| a \\| b | `c\\|d` |") == (["a \\| b", "`c\\|d`"], True)

    def test_bare_pipes_in_code_spans_are_text(self) -> None:
        assert self.row("| `a|b` c | ``d|`|`` |") == (["`a|b` c", "``d|`|``"], True)

    def test_a_code_span_that_is_never_closed_saves_no_pipe(self) -> None:
        assert self.row("| `a | b | c |")[1] is False

    def test_a_cell_read_again_holds_its_code(self) -> None:
        text = "| a | b |\n|---|---|\n| `x|y` | - z |\n| - `x|y` | z |\n"
        rows = first(text, Kind.TABLE).children
        assert [i.text for i in rows[1].children[0].inlines] == ["x|y"]
        assert rows[2].children[0].inlines == ()

    @pytest.mark.parametrize("line", ["| x |", "| x | y | z |", "|x"])
    def test_rows_that_do_not_fit_are_marked(self, line: str) -> None:
        assert self.row(line)[1] is False


class TestFieldLines:
    def test_a_bold_label_begins_a_new_paragraph(self) -> None:
        text = "**Goal:** x\nmore\n**Steps**: y\n**not a label** z"
        assert shown(text) == [("PARAGRAPH", "**Goal:** x\nmore"), ("PARAGRAPH", "**Steps**: y\n**not a label** z")]

    def test_a_bold_label_leaves_the_list_above(self) -> None:
        assert shown("- a\n**Deliverable:** b\n") == [("LIST", "- a"), ("PARAGRAPH", "**Deliverable:** b")]

    def test_an_indented_one_stays_in_its_item(self) -> None:
        (block,) = parse_blocks(b"- a\n  **Note:** b\n")
        assert [child.kind for child in block.children[0].children] == [Kind.PARAGRAPH, Kind.PARAGRAPH]

    def test_a_wide_colon_counts(self) -> None:
        assert len(shown("**目标：** x\n**任务**：y")) == 2

    def test_a_line_that_would_become_code_is_none(self) -> None:
        text = b"para\n      **Code:** x\n**Goal:** y\n"
        assert field_lines(text) == (text.index(b"**Goal"),)

    def test_no_line_at_all_where_all_would_become_code(self) -> None:
        assert field_lines(b"para\n      **Code:** x\n") == ()

    def test_a_label_between_an_item_and_a_rule_becomes_no_heading(self) -> None:
        assert shown("- a\n**Tasks:**\n---\n") == [("LIST", "- a"), ("PARAGRAPH", "**Tasks:**"), ("RULE", "---")]

    def test_fields_above_a_rule_are_no_heading(self) -> None:
        assert shown("**Created:** x\n**Status:** y\n---\n") == [
            ("PARAGRAPH", "**Created:** x"),
            ("PARAGRAPH", "**Status:** y"),
            ("RULE", "---"),
        ]

    @pytest.mark.parametrize("begun", ["-", "- ", "-  \n\nmore"])
    def test_an_item_begun_below_a_text_makes_no_heading_of_it(self, begun: str) -> None:
        assert shown(f"text\n{begun}")[0] == ("PARAGRAPH", "text")
        assert shown(f"> text\n> {begun}")[0][0] == "QUOTE"

    @pytest.mark.parametrize("below", ["-", "- ", "--", "---", "==="])
    def test_an_item_s_text_is_a_paragraph_whatever_stands_below(self, below: str) -> None:
        (block,) = parse_blocks(f"- a\n  b\n  {below}\n- c\n".encode())
        assert [[child.kind for child in item.children] for item in block.children] == [[Kind.PARAGRAPH]] * 2
        assert block.children[0].children[0].span == Span(2, 7)

    @pytest.mark.parametrize("heading", ["# -", "#", "# a", "a\n==", "a\n--"])
    def test_other_headings_are_headings(self, heading: str) -> None:
        assert shown(heading)[0][0] == "HEADING"

    @pytest.mark.parametrize(
        "text", ["Title\n---", "**Status:** x\n===", "**Status:** x\n--", "# **Goal:** x", "**Bold** x\n---"]
    )
    def test_other_headings_stay_headings(self, text: str) -> None:
        assert [kind for kind, _ in shown(text)] == ["HEADING"]

    def test_a_label_ends_a_table(self) -> None:
        text = "| a | b |\n|---|---|\n| x | y |\n**Deliverable:** z\n"
        assert [kind for kind, _ in shown(text)] == ["TABLE", "PARAGRAPH"]

    def test_a_row_with_pipes_stays_a_row(self) -> None:
        text = "| a | b |\n|---|---|\n**x:** | y\nplain\n"
        assert [kind for kind, _ in shown(text)] == ["TABLE"]

    def test_offsets_are_those_of_the_file(self) -> None:
        source = "é\n**A:** b\n**C:** d é\n".encode()
        assert [block.span.of(source).decode() for block in parse_blocks(source)] == ["é", "**A:** b", "**C:** d é"]


class TestHostileText:
    @pytest.mark.parametrize(("deep", "kind"), [("- " * 5000 + "x", Kind.LIST), ("> " * 5000 + "x", Kind.QUOTE)])
    def test_is_read_as_deep_as_anybody_writes(self, deep: str, kind: Kind) -> None:
        source = f"{deep}\n\n# Behind\n".encode()
        blocks = parse_blocks(source)
        assert [block.kind for block in blocks] == [kind, Kind.HEADING]
        assert 50 <= len(list(walk_blocks(blocks))) <= 101
        assert blocks[0].span.of(source).decode() == deep

    def test_what_the_parser_gives_in_pieces_is_one_text(self) -> None:
        paragraph = first("*a [b **c `d <e ![ ~~ f", Kind.PARAGRAPH)
        assert [(inline.mark, inline.text) for inline in paragraph.inlines] == [(Mark.TEXT, "*a [b **c `d <e ![ ~~ f")]

    def test_an_escaped_character_belongs_to_the_text_around_it(self) -> None:
        source = b"\\# a \\*b\\* c"
        (paragraph,) = parse_blocks(source)
        assert [inline.span.of(source) for inline in paragraph.inlines] == [b"# a \\*b\\* c"]
        assert plain_text(paragraph.inlines) == "# a *b* c"

    def test_runs_of_backticks_that_nothing_closes_spare_no_pipe(self) -> None:
        source = (
            b"| a | b |\n|---|---|\n| x ``` y ``` ```` z ```` ` | `` c | d `` |\n| ```` x ````` y ```` | `c | d` |\n"
        )
        source += b"| `` x | `c | d` |\n"
        rows = [[cell.span.of(source) for cell in row.children] for row in parse_blocks(source)[0].children]
        assert rows[1:] == [
            [b"x ``` y ``` ```` z ```` `", b"`` c | d ``"],
            [b"```` x ````` y ````", b"`c | d`"],
            [b"`` x", b"`c | d`"],
        ]


@given(plan_sources() | wild_sources)
@settings(max_examples=150)
def test_ranges_lie_in_the_file_and_children_in_their_parents(source: bytes) -> None:
    try:
        source.decode()
    except UnicodeDecodeError:
        return
    blocks = parse_blocks(source)
    whole = Span(0, len(source))
    waiting = [(whole, block) for block in blocks]
    while waiting:
        around, block = waiting.pop()
        assert around.holds(block.span)
        assert all(around.holds(inline.span) for inline in walk_inlines(block.inlines))
        waiting += [(block.span, child) for child in block.children]
