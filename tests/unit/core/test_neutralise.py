"""Text that acts (spec §8): inert for trackers, the same for people, left alone in code."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from plansync.core.neutralise import ActingText, neutralise, neutralise_line

GUARD = "\u200b"
GITLAB = ActingText(
    quick_actions=True,
    references=("#", "!", "&", "%", "~", "$"),
    mentions_allowed=("ann", "@acme/web"),
)
GITHUB = ActingText(mentions_allowed=("ann",))


def _corpus() -> list[tuple[str, str, str]]:
    lines = (Path(__file__).parent / "acting_text.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("//")]
    return [(kind, text, result) for kind, text, result in rows]


def _unescaped(text: str) -> str:
    """The corpus writes ``⏎`` for a line end, ``·`` for the guard, and ``{U+202E}`` for what nobody could see."""
    plain = text.replace("⏎", "\n").replace("·", GUARD)
    return re.sub(r"\{U\+([0-9A-F]+)\}", lambda found: chr(int(found[1], 16)), plain)


CORPUS = _corpus()


def test_the_corpus_has_two_hundred_lines_or_more() -> None:
    assert len(CORPUS) >= 200
    assert len({(kind, text) for kind, text, _ in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize(("kind", "text", "result"), CORPUS)
def test_every_line_of_the_corpus_comes_out_as_it_says(kind: str, text: str, result: str) -> None:
    acts = {"both": GITLAB, "gitlab": GITLAB, "github": GITHUB}[kind.removesuffix("/line")]
    act = neutralise_line if kind.endswith("/line") else neutralise
    assert act(_unescaped(text), acts) == _unescaped(result if result != "=" else text)
    if kind == "both":
        assert neutralise(_unescaped(text), GITHUB) == _unescaped(result if result != "=" else text)


def test_live_references_stay_and_mentions_do_not() -> None:
    live = ActingText(references=("#", "!"), references_live=True)
    text = "Fixes #12 and acme/web!4, see https://github.com/acme/web/issues/12 with @bob [issue:3]"
    assert neutralise(text, live) == text.replace("@bob", f"@{GUARD}bob")
    assert neutralise("<https://github.com/a/b/issues/1>", live) == "<https://github.com/a/b/issues/1>"


def test_a_text_of_comments_alone_is_no_text() -> None:
    assert neutralise("<!-- one -->\n\n<!-- two\n\nlines -->\n", GITHUB) == ""
    assert neutralise_line("  <!-- one --> ", GITHUB) == ""


def test_a_one_line_text_has_one_line() -> None:
    assert neutralise_line("  first\r\nsecond\u2028third\t#1 ", GITHUB) == f"first second third #{GUARD}1"


# What a hostile plan could be made of: pieces whose meaning depends on their neighbours.
WORDS = r"""
@ @ann @bob @bob/x # #1 12 ! !2 GH- GH-7 % & ~ $ / /close \ \\ ` `` ``` ~~~ ~~ < > <b> </b> <br> <!-- --> <! - --
[ ] ( ) ]( ![ [x](y) [x](@bob) <https://a.io/> <a@b.io> https://a.io/@bob https://a.io/issues/1 www. | || |-| * ** _
&#64; &num; &lt; : word a 1. + = " ' {U+200B} {U+200D} {U+FE0F} {U+202E} é ☺
"""
BLANKS = (" ", "\n", "\n\n", "  ", "    ", "\t", "\n- ", "\n  ", "\n> ", "\n```\n", "\n|-|-|\n")
PIECES = st.sampled_from([*(_unescaped(word) for word in WORDS.split()), *BLANKS])
HOSTILE = st.lists(PIECES, max_size=24).map("".join)


@settings(max_examples=200)
@given(HOSTILE)
def test_neutralising_twice_changes_nothing_more(text: str) -> None:
    for acts in (GITHUB, GITLAB):
        once = neutralise(text, acts)
        assert neutralise(once, acts) == once
        line = neutralise_line(text, acts)
        assert neutralise_line(line, acts) == line
        assert "\n" not in line


@settings(max_examples=200)
@given(HOSTILE)
def test_no_other_reader_of_markdown_finds_anything_that_acts(text: str) -> None:
    for result in (neutralise(text, GITHUB), neutralise_line(text, GITHUB)):
        for shown in _shown(result):
            assert not re.search(r"(?<![A-Za-z0-9])@(?!ann(?!\w|[/-]\w))\w", shown), (result, shown)
            assert not re.search(r"[#!]\d|GH-\d", shown), (result, shown)


@settings(max_examples=200)
@given(HOSTILE)
def test_nothing_leaks_out_behind_the_text(text: str) -> None:
    for result in (neutralise(text, GITHUB), neutralise_line(text, GITHUB)):
        tokens = _parser().parse(f"{result}\n\n<!-- /plansync -->\n\nafter\n")
        assert [token.content for token in tokens if token.type == "html_block"] == ["<!-- /plansync -->\n"]
        assert tokens[-2].content == "after"
        assert tokens[-2].level == 1


@settings(max_examples=200)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_any_text_at_all_is_taken(text: str) -> None:
    once = neutralise(text, GITLAB)
    assert neutralise(once, GITLAB) == once


@settings(max_examples=100)
@given(st.text(alphabet="abc .,:;()@#!12/-", max_size=60))
def test_a_person_reads_the_same(text: str) -> None:
    assert neutralise_line(text, GITLAB).replace(GUARD, "") == text.strip()


@pytest.mark.parametrize(
    "piece",
    [
        "```a",
        "`",
        "[",
        "](",
        "[x](a '",
        "![",
        "<a",
        "<!--",
        "@",
        "&#",
        "https://x/",
        "\\",
        "- ",
        "~~~\n",
        "  ```\nx",
        "|-",
        "/a ",
    ],
)
def test_hostile_repetition_takes_no_longer_than_it_should(piece: str) -> None:
    text = piece * (50_000 // len(piece))
    start = time.process_time()
    neutralise(text, GITLAB)
    assert time.process_time() - start < 3


_AUTOLINK = re.compile(r"(?<![^\s(])https://a\.io/[^\s<>`*~|\\()\[\]'\"&]*")
"""What the trackers make a link of, which this parser does not."""


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table").enable("strikethrough")


def _shown(text: str) -> list[str]:
    """Return the runs of plain text that a reader of Markdown leaves outside code and links, as they are shown."""
    runs: list[str] = []
    for block in _parser().parse(text):
        if block.type == "inline":
            runs += _runs(block.children or [])
        assert block.type != "html_block", text
    return runs


def _runs(tokens: list[Token]) -> list[str]:
    runs, run, links = [], "", 0
    for token in tokens:
        assert token.type != "html_inline" or token.content.lower().startswith("<br"), token.content
        links += token.nesting if token.type.startswith("link_") else 0
        if token.type in {"text", "text_special"} and not links:
            run += token.content
        else:
            runs.append(run)
            run = ""
    return [_AUTOLINK.sub("", run) for run in (*runs, run)]
