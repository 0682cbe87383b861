"""Generated plans: the template's sections with everything that writers, editors and Git do to them.

``plan_sources()`` makes whole files: CRLF, LF, lone CR or mixed line ends, BOM, tabs, no final newline, nested lists, fences,
wide characters, links that are there already. ``wild_sources()`` makes Markdown without any plan in it, on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

WORDS = (
    "Add", "index", "for", "lookups", "`pkg/api.py`", "**bold**", "*maybe*", "naïve", "表の設計", "🚀", "v2.0", "users & roles",
    "a < b", "C:\\temp", "(see below)", "~~old~~", "[docs](https://example.org/docs)", "<kbd>K</kbd>", "e.g.", "x_y_z", "50%",
    "it's", "“quoted”", "T-shirt", "#7", "@kim", "`a|b`", "&amp;",
)  # fmt: skip
ISSUE = "https://tracker.example/acme/web/issues/{}"
MILESTONE = "https://tracker.example/acme/web/milestone/{}"

texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)
plain_words = st.lists(
    st.sampled_from(("alpha", "beta", "gamma", "δέλτα", "日本", "`code`")), min_size=1, max_size=4
).map(" ".join)
levels = st.sampled_from(("L", "M", "H", "Low", "Medium", "High", "very low", "🔴 High", "{L/M/H}", ""))


@dataclass(frozen=True)
class Style:
    """How one writer writes."""

    marker: str
    indent: str
    field: str
    label: str


styles = st.builds(
    Style,
    marker=st.sampled_from("-*+"),
    indent=st.sampled_from(("  ", "    ", "\t")),
    field=st.sampled_from(("bullet", "paragraph", "joined")),
    label=st.sampled_from(("**{}:**", "**{}**:")),
)


@st.composite
def item_texts(draw: st.DrawFn) -> str:
    """Return the text of a task, risk or question with what may stand before and behind it."""
    text = draw(texts)
    box = draw(st.sampled_from(("", "", "[ ] ", "[x] ", "[X] ", "[✓] ", "[-] ", "✅ ")))
    lead = draw(st.sampled_from(("", "", "T001: ", "[#4](https://tracker.example/acme/web/issues/4) ")))
    tail = draw(
        st.sampled_from(
            (
                "", "", " — Assignee: kim", " - Assignee: general", " ([#5](https://tracker.example/acme/web/issues/5))",
                " <!-- plansync:ignore -->", "  ", " {x}", ".", " (#6)", " #6", " (#6) — Assignee: kim", " — Assignee: kim (#6)",
            )
        )
    )  # fmt: skip
    return f"{box}{lead}{text}{tail}"


@st.composite
def task_lines(draw: st.DrawFn, style: Style, depth: str) -> list[str]:
    """Return a list of tasks, some with a wrapped line, details or a fence."""
    lines: list[str] = []
    for _ in range(draw(st.integers(0, 3))):
        lines.append(f"{depth}{style.marker} {draw(item_texts())}")
        match draw(st.integers(0, 6)):
            case 0:
                lines.append(f"{depth}  {draw(plain_words)}")
            case 1:
                lines.append(f"{depth}{style.indent}{style.marker} {draw(item_texts())}")
            case 2:
                lines += ["", f"{depth}  ```", f"{depth}  - [ ] no task", f"{depth}  ```"]
            case 3:
                lines += ["", f"{depth}  {draw(texts)}"]
            case _:
                pass
    return lines


@st.composite
def phase_lines(draw: st.DrawFn, number: int) -> list[str]:
    """Return one phase in one of the task forms a, b, c."""
    style = draw(styles)
    level = draw(st.sampled_from(("##", "###", "####")))
    suffix = draw(st.sampled_from(("", "", " [COMPLETED]", " ✅", " (2h)")))
    lines = [f"{level} Phase {number}: {draw(plain_words)}{suffix}", ""]
    fields = [
        ("Goal", draw(texts)),
        ("Dependencies", draw(st.sampled_from(("None", "Phase 1", "Phases 1-2", "Phase 9")))),
    ]
    last = ("Deliverable", draw(texts))
    if style.field == "bullet":
        lines += [f"{style.marker} {style.label.format(name)} {value}" for name, value in fields]
        lines += [f"{style.marker} {style.label.format('Tasks')}", *draw(task_lines(style, style.indent))]
        lines += [f"{style.marker} {style.label.format(last[0])} {last[1]}"] if draw(st.booleans()) else []
    else:
        gap = [""] if style.field == "paragraph" else []
        for name, value in fields:
            lines += [f"{style.label.format(name)} {value}", *gap]
        lines += [style.label.format("Tasks"), *gap]
        lines += draw(st.one_of(task_lines(style, ""), table_lines("Task")))
        lines += [*gap, f"{style.label.format(last[0])} {last[1]}"] if draw(st.booleans()) else []
    return [*lines, *draw(st.sampled_from(([], [""], ["", "---", ""])))]


def cell(text: str) -> str:
    """Return ``text`` as it is written in a table cell."""
    return text.replace("|", "\\|")


@st.composite
def table_lines(draw: st.DrawFn, title: str) -> list[str]:
    """Return a table of tasks or risks with its columns in any order."""
    others = ["Size", "Assignee", "Status"] if title == "Task" else ["Likelihood", "Impact", "Mitigation", "Status"]
    columns = draw(st.permutations([title, *others]))
    lines = ["", f"| {' | '.join(columns)} |", f"|{'|'.join('---' for _ in columns)}|"]
    values = {
        "Size": st.sampled_from(("S", "XS")),
        "Assignee": st.sampled_from(("kim", "")),
        "Status": st.sampled_from(("Open", "Done", "✅", "")),
        "Likelihood": levels,
        "Impact": levels,
        "Mitigation": texts.map(cell),
        title: item_texts().map(cell),
    }
    lines += [f"| {' | '.join(draw(values[name]) for name in columns)} |" for _ in range(draw(st.integers(0, 3)))]
    return lines


@st.composite
def task_block_lines(draw: st.DrawFn, number: int) -> list[str]:
    """Return one TASK block."""
    gap = draw(st.sampled_from(([""], [])))
    lines = [f"<!-- TASK:BEGIN id=T{number:03} -->", *gap, f"### T{number:03}: {draw(texts)}", *gap]
    lines += [*draw(st.sampled_from(([], ["**Metadata:**"])))]
    lines += [f"- **Size:** {draw(st.sampled_from(('S', 'XS')))}", "- **Assignee:** kim", "- **Dependencies:** None"]
    lines += ["", "**Description:**", draw(texts), "", "**Acceptance Criteria:**", *gap]
    lines += [f"- [ ] {draw(texts)}" for _ in range(draw(st.integers(0, 2)))]
    return [*lines, *gap, "<!-- TASK:END -->", ""]


@st.composite
def header_lines(draw: st.DrawFn) -> list[str]:
    """Return title and header fields."""
    lines = [f"# Implementation Plan: {draw(plain_words)}", *draw(st.sampled_from(([""], [])))]
    bullet = draw(st.sampled_from(("", "", "- ")))
    label = draw(st.sampled_from(("**{}:**", "**{}**:")))
    fields = draw(st.lists(st.sampled_from(("Feature ID", "Spec", "Created", "Status", "Owner")), unique=True))
    ends = st.sampled_from(("", "", "  ", "\\", " <!-- note -->"))
    for name in fields:
        value = draw(st.sampled_from(("Draft", "[IN PROGRESS]", "**Done**", "On hold", "001-x")))
        lines.append(f"{bullet}{label.format(name)} {value}{draw(ends)}")
    return [*lines, *draw(st.sampled_from(([""], ["---", ""], ["", "---", ""])))]


@st.composite
def plan_lines(draw: st.DrawFn) -> list[str]:
    """Return the lines of a plan."""
    lines = draw(header_lines())
    if draw(st.booleans()):
        lines += [
            "## 1. Architecture Overview",
            "",
            draw(texts),
            "",
            "```text",
            "### Phase text",
            "- [ ] none",
            "```",
            "",
        ]
    if draw(st.integers(0, 4)) == 0:
        lines += ["## 5. Implementation Tasks", ""]
        for number in range(1, draw(st.integers(1, 3)) + 1):
            lines += draw(task_block_lines(number))
    else:
        lines += draw(st.sampled_from((["## 5. Implementation Phases", ""], [])))
        for number in range(1, draw(st.integers(0, 3)) + 1):
            lines += draw(phase_lines(number))
    if draw(st.booleans()):
        lines += ["", "## 7. Risks and Mitigations", *draw(table_lines("Risk")), ""]
    if draw(st.booleans()):
        lines += ["", "## 8. Open Questions", "", *(f"- {draw(item_texts())}" for _ in range(draw(st.integers(0, 2))))]
    return lines


@st.composite
def plan_sources(draw: st.DrawFn) -> bytes:
    """Return the bytes of a plan."""
    lines = draw(plan_lines())
    kind = draw(st.sampled_from(("\n", "\n", "\r\n", "\r", "mixed")))
    ends = [draw(st.sampled_from(("\n", "\r\n"))) if kind == "mixed" else kind for _ in lines]
    if not draw(st.booleans()):
        ends[-1] = ""
    text = "".join(line + end for line, end in zip(lines, ends, strict=True))
    front = draw(st.sampled_from(("", "", "", "---\nstatus: Draft # now\ntitle: 'x'\n---\n")))
    bom = draw(st.sampled_from(("", "", "\ufeff")))
    return f"{bom}{front}{text}".encode()


_FRAGMENTS = (
    "#", "##", "### Phase 1: x", "- ", "* ", "1. ", "  ", "\t", "\n", "\n\n", "\r\n", "\r", "|", "---", "***", "```", "~~~", ">", "**Tasks:**",
    "**Goal**: ", "`", "[ ] ", "[x] ", "[#1](https://t.example/issues/1)", "(", ")", "<!--", "-->", "<!-- TASK:BEGIN id=T1 -->",
    "<!-- TASK:END -->", "~~", "\\", "{x}", "None", "word", "表", "🚀", "| Task | Status |\n|---|---|\n", "## Risks\n", "<div>", "\u2028", "\x0b",
    "## Open Questions\n", "## Implementation Phases\n", " — Assignee: x", "&#10;", "**Status:** ", "---\n", "a: b\n", "![", "](", "*", "_",
    "| Risk | Impact |\n|--|--|\n",
)  # fmt: skip

wild_sources = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200).map(str.encode),
    st.lists(st.sampled_from(_FRAGMENTS), max_size=40).map(lambda parts: "".join(parts).encode()),
)
"""Bytes that are no plan, or nearly none."""
