"""Text that acts (spec §8): plan text is data for the tracker, too, and reads the same to a person afterwards.

Whatever a tracker would carry out (a mention, a reference, a quick action, a tag, a comment) is made inert by an
invisible zero-width space, which is taken out of all text that comes in; so neutralising twice changes nothing more.
Code is left alone, but for markers that begin a line. Where it is not certain that the tracker, too, sees code or a
link, the text is rewritten until it is: stray backticks are escaped, code spans are put on one line, fences are
closed. Everything runs in linear time.

``hidden`` takes out invisible characters, ``blocks`` tells fences from prose and drops comments, ``inline`` finds code
spans and link targets in prose, ``acts`` guards the rest.
"""

from __future__ import annotations

from plansync.core.neutralise.acts import ActingText, guard_address, guard_code_line, guard_line_starts, guard_prose
from plansync.core.neutralise.blocks import Code, Prose, drop_comments, split_blocks
from plansync.core.neutralise.hidden import strip_hidden
from plansync.core.neutralise.inline import Piece, read_inline

__all__ = ["ActingText", "neutralise", "neutralise_line"]


def neutralise(text: str, acts: ActingText) -> str:
    """Return Markdown ``text`` of several lines (LF) that acts on nothing and cannot leak out of where it is put.

    Every fence in the result is closed, and no tag or comment is open; outer blank lines go.
    """
    blocks = tuple(split_blocks(strip_hidden(text)))
    are_known = not any(isinstance(block, Code) and _misleads(block) for block in blocks)
    lines = [
        _code(block, acts, are_known=are_known)
        if isinstance(block, Code)
        else guard_line_starts(_prose(block, acts), acts)
        for block in blocks
    ]
    return "\n".join(lines).strip("\n")


def neutralise_line(text: str, acts: ActingText) -> str:
    """Return ``text`` as one line, trimmed, for titles and for texts of one paragraph, in the same way."""
    line = drop_comments(strip_hidden(text).replace("\n", " ").replace("\t", " ")).strip()
    return guard_line_starts(_prose(Prose(line), acts), acts)


def _prose(block: Prose, acts: ActingText) -> str:
    """Guard everything but code and link targets; in a table row whose code holds a pipe, code as well.

    A pipe ends a cell even within backticks, so what looks like code there may be text to the tracker.
    """
    inline = read_inline(block.text)
    doubtful = block.row and inline.has_pipe_in_code
    parts: list[str] = []
    cursor = 0
    for span in inline.spans:
        parts.append(guard_prose(inline.text, cursor, span.start, acts))
        match span.piece:
            case Piece.STRAY:
                parts.append("\\`" * (span.end - span.start))
            case Piece.CODE if doubtful:
                parts.append(guard_prose(inline.text, span.start, span.end, acts))
            case Piece.ADDRESS:
                parts.append(guard_address(inline.text[span.start : span.end], acts))
            case _:
                parts.append(inline.text[span.start : span.end])
        cursor = span.end
    parts.append(guard_prose(inline.text, cursor, len(inline.text), acts))
    return "".join(parts)


def _is_plain(block: Code) -> bool:
    """Say whether GitLab's older reader of quick actions, too, takes the block for code: it knows three backticks."""
    return block.fence == "```" and not block.indent


def _misleads(block: Code) -> bool:
    """Say whether the older reader takes a line of a block that it does not know for the beginning of one.

    From there on it may take ends for beginnings, so that no block of the text is surely code to it.
    """
    lines = (" " * block.indent + block.fence, *block.lines)
    return not _is_plain(block) and any(line.startswith("```") for line in lines)


def _code(block: Code, acts: ActingText, *, are_known: bool) -> str:
    """Return the fence, closed; ``are_known``: plain ones are code to all of the tracker's readers.

    The older reader does not know an empty one, and would take its end for a beginning: a blank line makes it one.
    """
    known = are_known and _is_plain(block)
    inside = block.lines or (("",) if acts.quick_actions and known else ())
    lines = (guard_code_line(line, acts, fenced=known) for line in inside)
    lead = " " * block.indent
    return "\n".join((f"{lead}{block.fence}{block.info}", *lines, f"{lead}{block.fence}"))
