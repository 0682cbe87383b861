"""Our blocks against those of another CommonMark parser, over generated documents and the odd plans.

Both read the text after the first concession to how people write has put its blank lines in, so that they should agree on every
heading, list item, table cell and fence. Where the two parsers are known to differ from each other, the generator does
not go: rows of a table that leave their list item lazily, and tabs after a list marker.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from plansync.core.blocks import Block, Kind, walk_blocks
from plansync.core.grammar.front_matter import read_front_matter
from plansync.core.markdown import field_lines, parse_blocks
from plansync.core.text import Lines
from tests.support.plans import plan_sources

OTHER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
PLANS = sorted((Path(__file__).parents[2] / "plans").glob("*.md"))
Seen = tuple[str, int, str]

SIMPLE = (
    "# Title", "## Phase `x`", "text", "more text", "**Tasks:**", "**Goal**: x", "---", "***", "- a", "- [ ] b", "* c", "+ d", "1. e", "2) f",
    "> quote", "<!-- note -->", "text\n-", "text\n- ", "    indented", "Title\n===", "~~gone~~", "表", "[l](https://x.example)", "```\n- x\n# y\n```", "~~~ py\n```\n~~~",
    "| a | b |\n|---|:-:|\n| `c` | \\| |\n| d | e | f |\n| g |", "",
)  # fmt: skip


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Return blocks of all kinds, nested in list items, with and without blank lines between them."""
    lines: list[str] = []
    indent = ""
    for block in draw(st.lists(st.sampled_from(SIMPLE), min_size=1, max_size=12)):
        deeper = [width for width in ("", "  ", "    ") if len(width) <= len(indent) + 2]
        indent = draw(st.sampled_from(deeper)) if lines else ""
        gap = [""] if block.startswith("|") or draw(st.booleans()) else []
        lines += [*gap, *(indent + line for line in block.split("\n"))]
        lines += [""] if block.startswith("|") else []
    return "\n".join(lines) + draw(st.sampled_from(("", "\n")))


def with_field_lines(source: bytes) -> str:
    """Return the text of ``source`` as both parsers read it."""
    start = read_front_matter(source, 3 if source.startswith(b"\xef\xbb\xbf") else 0).end
    pieces, cursor = [], start
    for line in field_lines(source, start):
        pieces += [source[cursor:line], b"\r\n"]
        cursor = line
    text = b"".join((*pieces, source[cursor:])).decode()
    return text.replace("\r\n", "\n").replace("\r", "\n")


def ours(text: str) -> list[Seen]:
    source = text.encode()
    lines = Lines(source)
    return [seen for block in walk_blocks(parse_blocks(source)) for seen in _ours(block, source, lines)]


def _ours(block: Block, source: bytes, lines: Lines) -> list[Seen]:
    line = lines.number(block.span.start)
    match block.kind:
        case Kind.HEADING:
            return [(f"heading {block.level}", line, " ".join(block.text_span.of(source).decode().split()))]
        case Kind.ITEM:
            return [("item", line, "")]
        case Kind.CODE if block.fenced:
            return [("fence", line, block.info.strip())]
        case Kind.ROW:
            cells = [cell.span.of(source).decode().replace("\\|", "|") for cell in block.children]
            return [("row", line, " / ".join(cells))]
        case _:
            return []


def theirs(text: str) -> list[Seen]:
    tokens = OTHER.parse(text)
    lines = text.split("\n")
    around: list[Token] = []
    found: list[Seen] = []
    for at, token in enumerate(tokens):
        if token.nesting < 0:
            around.pop()
        if not (token.type == "heading_open" and _is_begun_item(token, lines, around)):
            found += _theirs(token, tokens[at + 1 :])
        if token.nesting > 0:
            around.append(token)
    return found


def _is_begun_item(heading: Token, lines: list[str], around: list[Token]) -> bool:
    """Say whether a heading is text with a line below that somebody began an item with: the second concession."""
    is_in_item = bool(around) and around[-1].type == "list_item_open"
    underline = lines[heading.map[1] - 1].strip(" \t>") if heading.map else ""
    return heading.markup in {"-", "="} and (is_in_item or underline == "-")


def _theirs(token: Token, rest: list[Token]) -> list[Seen]:
    line = token.map[0] + 1 if token.map else 0
    match token.type:
        case "heading_open":
            return [(f"heading {token.tag[1:]}", line, " ".join(rest[0].content.split()))]
        case "list_item_open":
            return [("item", line, "")]
        case "fence":
            return [("fence", line, token.info.strip())]
        case "tr_open":
            end = next(at for at, later in enumerate(rest) if later.type == "tr_close")
            cells = [later.content.strip() for later in rest[:end] if later.type == "inline"]
            return [("row", line, " / ".join(cells))]
        case _:
            return []


def agree(text: str) -> None:
    assert ours(text) == theirs(text)


@given(documents())
@example("- a\n**Tasks:**\n---")
@settings(max_examples=200)
def test_generated_documents_are_read_alike(text: str) -> None:
    agree(with_field_lines(text.encode()))


@given(plan_sources())
@settings(max_examples=100)
def test_generated_plans_are_read_alike(source: bytes) -> None:
    agree(with_field_lines(source))


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_odd_plans_are_read_alike(path: Path) -> None:
    agree(with_field_lines(path.read_bytes()))
