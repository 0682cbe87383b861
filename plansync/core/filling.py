"""A new plan from a team's own template: title, Feature ID, spec and date go where it has room for them. Pure.

A template is a plan with holes, in whatever form its team writes: ``{FEATURE_ID}``, ``[DATE]``, ``<title>``,
``{{ spec }}``, or a field without a value. Everything else is kept byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from plansync.core.grammar.front_matter import FrontMatter, Pair, read_front_matter
from plansync.core.grammar.words import is_nothing, name_key, without_quotes
from plansync.core.model import LinkPlace, Plan
from plansync.core.parser import parse_plan
from plansync.core.text import Edit, Lines, Span, apply_edits

_BOM = b"\xef\xbb\xbf"
_BODY = re.compile(r"^##[ \t]", re.MULTILINE)
_HOLE = re.compile(
    r"\{\{[ \t]*(?P<jinja>[\w .-]{1,40}?)[ \t]*\}\}|\{(?P<brace>[\w .-]{1,40})\}"
    r"|\[(?P<bracket>[\w .-]{1,40})\](?![(\[:])|<(?P<angle>[A-Za-z][\w .-]{1,40})>"
)
_HOLES = {
    "title": ("title", "feature title", "feature name", "plan title", "feature"),
    "feature_id": ("feature id", "plan id", "id"),
    "spec": ("spec", "spec path", "spec file", "path to spec", "spec link"),
    "date": ("date", "today", "created", "creation date", "current date", "yyyy mm dd"),
}
_NAMES = {name: what for what, names in _HOLES.items() for name in names}
_IN_BODY = frozenset(
    {"title", "feature title", "feature name", "plan title", "feature id", "spec path", "date", "today"}
)
"""What a hole may be called below the header, in capitals: ``/users/{id}`` is none there."""
_FIELDS = {"feature id": "feature_id", "spec": "spec", "created": "date", "date": "date", "status": "status"}
_EMPTY = re.compile(r"[<\[{][^<>\[\]{}]*[>\]}]|yyyy-mm-dd|\.{3}|…", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_HEADING = re.compile(
    r"(?P<mark>#[ \t]+)(?P<label>(?:implementation plan|plan|tasks)(?=[ \t]*(?:[:：]|\Z|[ \t][-–—]))"
    r"(?P<sep>[ \t]*[:：][ \t]*|[ \t]+[-–—][ \t]*)?)?",
    re.IGNORECASE,
)
_LABEL = "# Implementation Plan: "
_PLAIN_YAML = re.compile(r"[A-Za-z0-9][\w ./-]*\Z")


@dataclass(frozen=True, slots=True)
class Blanks:
    """What goes into the holes."""

    title: str
    feature_id: str
    spec: str
    date: str
    status: str = "Draft"


def fill_plan(template: bytes, blanks: Blanks) -> bytes:
    """Return ``template``, which must be a readable plan, with its holes filled.

    Holes are filled by their names: any in the header, those in capitals below it. Then the header's own fields: a
    Feature ID and a date that are no holes are another plan's, and are replaced; a Spec or Status that is none is kept.
    The title goes into the first heading, behind its label; without one, above everything.
    """
    has_room = any(_NAMES.get(_key(found)) == "title" for found in _HOLE.finditer(parse_plan(template).title))
    text = apply_edits(template, _front_edits(template, blanks)).decode()
    body = _BODY.search(text)
    cut = body.start() if body else len(text)
    filled = (_fill(text[:cut], blanks, in_body=False) + _fill(text[cut:], blanks, in_body=True)).encode()
    filled = apply_edits(filled, _field_edits(filled, blanks))
    return filled if has_room else apply_edits(filled, [_title_edit(filled, blanks.title)])


def why_no_template(plan: Plan) -> str:
    """Return why ``plan`` is none to make others from, or an empty text: its links lead to issues of its own."""
    links = [link for item in plan.items for link in item.links if link.place is not LinkPlace.MENTION]
    if links or any(phase.milestone_link for phase in plan.phases):
        return "its items are linked to issues"
    return ""


def _fill(text: str, blanks: Blanks, *, in_body: bool) -> str:
    def value(found: re.Match[str]) -> str:
        key, is_strict = _key(found), in_body and found["jinja"] is None
        if key not in _NAMES or (is_strict and not (key in _IN_BODY and found[0].isupper())):
            return found[0]
        filled: str = getattr(blanks, _NAMES[key])
        return filled

    return _HOLE.sub(value, text)


def _key(found: re.Match[str]) -> str:
    """Return the name of a hole as names compare."""
    return " ".join(re.split(r"[\W_]+", next(filter(None, found.groups())).casefold()))


def _front_edits(source: bytes, blanks: Blanks) -> Iterator[Edit]:
    """Yield what goes into front matter, in the quotes that YAML wants."""
    for pair in _front(source).pairs:
        what = _FIELDS.get(pair.key, "title" if pair.key == "title" else None)
        if what is not None and _is_hole(pair.value):
            yield Edit(pair.span, _scalar(source, pair, getattr(blanks, what)))


def _front(source: bytes) -> FrontMatter:
    return read_front_matter(source, len(_BOM) if source.startswith(_BOM) else 0)


def _scalar(source: bytes, pair: Pair, value: str) -> bytes:
    quote = source[pair.span.start - 1 : pair.span.start]
    if quote == b"'":
        return value.replace("'", "''").encode()
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    if quote == b'"':
        return escaped.encode()
    gap = "" if quote in b" \t" else " "
    return (gap + (value if _PLAIN_YAML.match(value) else f'"{escaped}"')).encode()


def _field_edits(source: bytes, blanks: Blanks) -> Iterator[Edit]:
    for field in parse_plan(source).header:
        what = _FIELDS.get(name_key(field.name))
        if what is None:
            continue
        old, new = without_quotes(field.value), getattr(blanks, what)
        is_others = (what == "feature_id" and new not in old) or (what == "date" and _DATE.fullmatch(old) is not None)
        if old != new and (is_others or _is_hole(old)):
            gap = "" if source[field.span.start - 1 : field.span.start] in b" \t`" else " "
            yield Edit(field.span, f"{gap}{new}".encode())


def _is_hole(value: str) -> bool:
    return is_nothing(value) or _EMPTY.fullmatch(value.strip()) is not None


def _title_edit(source: bytes, title: str) -> Edit:
    """Return the edit that puts ``title`` behind the label of the first heading, or a heading above everything."""
    plan, front = parse_plan(source), _front(source)
    begin = max(Lines(source).starts[plan.title_line - 1], len(_BOM) if source.startswith(_BOM) else 0)
    if not plan.title or begin < front.end:
        eol = "\r\n" if b"\r\n" in source else "\n"
        return Edit(Span(front.end, front.end), f"{_LABEL}{title}{eol}{eol}".encode())
    line = source[begin:].splitlines()[0]
    heading = _HEADING.match(line.decode())
    span = Span(begin, begin + len(line))
    if heading is None:  # the text above an underline
        return Edit(span, title.encode())
    label = heading["label"] or ""  # with its separator, if there is one
    gap = "" if not label or label.endswith((" ", "\t")) else " " if heading["sep"] else ": "
    return Edit(span, f"{heading['mark']}{label}{gap}{title}".encode())
