"""Plan files as people and editors might leave them: mixed line ends, tabs, wide characters, nesting, fences.

:func:`odd_plans` is a Hypothesis strategy of bytes. A document is a list of lines; each line gets a line end of its
own, and the last one may have none.
"""

from __future__ import annotations

from hypothesis import strategies as st

Lines = list[str]

WORDS = [
    "parse", "the", "query", "**bold**", "*it*", "`code`", "`a | b`", "数据", "👩‍👩‍👧", "é", "e\u0301", "\u200b", "[docs](https://docs.example.com/a_(b))",
    "([spec](https://x.example/s))", "~~old~~", "a\\|b", "*", "`", "``", "<b", "<i>", "&amp;", "https://x.example/1", "\\", "\\\\", "[", "]", "![", "x:", "—", "_u_",
    "<!-- note -->", "#12", "(v2)", "{name}", "$x$", "^", "|",
]  # fmt: skip
PLAIN = ["parse", "the", "query", "rank", "数据", "results", "`code`", "**bold**", "é"]
ISSUE = "[#3](https://git.example.com/acme/web/issues/3)"


RISK_FORMS = [
    "- **Risk**: {} **Mitigation**: {}",
    "- Risk: {}\n  Mitigation: {}",
    "- **Risk:** {}\n  **Mitigation:** {}",
    "- [ ] {}\n  - Mitigation: {}\n  - **Impact**: high",
    "- Risk: {}\n- Mitigation: {}",
    "* {} → {}",
    "\n**Risk 1: {}**\n- Mitigation:\n  - [ ] {}",
    "\n**Risk**: {}\n**Mitigation**: {}\n",
    "\n### Risk 2: {}\n\n**Mitigation**: {}\n",
]
"""How a risk and its mitigation may be written down beside a table."""


def texts(words: list[str] = WORDS) -> st.SearchStrategy[str]:
    """Texts of one line that begin with a plain word, so that they open no other block."""
    tail = st.lists(st.sampled_from(words), max_size=5)
    return st.builds(
        lambda first, rest: " ".join([first, *rest]), st.sampled_from(["Add", "Étendre", "加 x", "Fix"]), tail
    )


def cells() -> st.SearchStrategy[str]:
    return texts([word for word in WORDS if word not in {"|", "`a | b`", "\\", "`", "``", "<!-- note -->"}])


@st.composite
def headers(draw: st.DrawFn) -> Lines:
    status = draw(
        st.sampled_from(
            [
                "Draft",
                "draft",
                "[NOT STARTED]",
                "✅ Complete",
                "**Done**",
                "in-progress",
                "On Hold",
                "{STATUS}",
                "",
                "Draft <!-- or Done -->",
            ]
        )
    )
    front = draw(
        st.sampled_from([[], ["---", "title: x", f"status: {status}", "---", ""], ["---", "status: draft", "---"]])
    )
    title = draw(st.sampled_from(["# Implementation Plan: Search", "# 検索 `v2`", "#\tSearch"]))
    fields = draw(
        st.sampled_from(
            [
                ["**Feature ID:** F-1", f"**Status:** {status}", "**Created:** 2026-01-02"],
                [f"**Feature ID**: F-1 | **Status**: {status} | **Created**: x"],
                [f"- **Status**: {status}", "- **Created**: x"],
                ["**Feature ID:** F-1  ", f"**Status:** {status}  ", "**Created:** x"],
                [f"> **Status:** {status}", "> **Created:** x"],
                ["| Field | Value |", "|---|---|", f"| **Status** | {status} |", "| **Created** | x |"],
                ["**Feature ID:** F-1"],
                [],
            ]
        )
    )
    return [*front, title, "", *fields, "", draw(st.sampled_from(["---", "", "Some words."])), ""]


@st.composite
def list_items(draw: st.DrawFn, indent: str) -> Lines:
    """One task item, with wrapped lines and things nested below it."""
    bullet = draw(st.sampled_from(["-", "*", "+"]) if indent else st.just("-"))
    box = draw(st.sampled_from(["", "[ ] ", "[x] ", "[X] ", "[~] ", "✅ "]))
    inner = indent + "  "
    tail = draw(st.sampled_from(["", "", "  ", "\t", f" ({ISSUE})", " — Assignee: Ann", " <!-- later -->", "\\"]))
    text = draw(texts())
    text = draw(
        st.sampled_from(
            [
                text,
                text,
                f"T0{draw(st.integers(10, 99))} {text}",
                f"~~{draw(texts(PLAIN))}~~",
                f"{ISSUE} {text}",
                f"**{draw(texts(PLAIN))}**",
            ]
        )
    )
    lines = [f"{indent}{bullet} {box}{text}{tail}"]
    if draw(st.integers(0, 3)) == 0 and tail != "\\":
        lines = [f"{indent}{bullet} {box}{text}", f"{inner}{draw(texts())}{tail}"]
    below = draw(st.sampled_from(["", "", "", "list", "deep", "fence", "paragraph", "table"]))
    match below:
        case "list":
            boxes = draw(st.lists(st.sampled_from(["", "[ ] ", "[x] "]), min_size=1, max_size=2))
            lines += [f"{inner}- {mark}{draw(texts())}" for mark in boxes]
        case "deep":
            lines += [f"{inner}- {draw(texts())}", f"{inner}  - [ ] {draw(texts())}", "", f"{inner}    {draw(texts())}"]
        case "fence":
            lines += [f"{inner}```sh", f"{inner}- [ ] not a task", f"{inner}```"]
        case "paragraph":
            lines += ["", f"{inner}{draw(texts())}", ""]
        case "table":
            lines += ["", f"{inner}| a | b |", f"{inner}|---|---|", f"{inner}| 1 | 2 |", ""]
        case _:
            pass
    return lines


def item_lists(indent: str) -> st.SearchStrategy[Lines]:
    return st.lists(list_items(indent), min_size=1, max_size=3).map(
        lambda items: [line for item in items for line in item]
    )


@st.composite
def task_tables(draw: st.DrawFn) -> Lines:
    words = ["To Do", "Done", "**OPEN**", "✅", "In Progress", "", "done"]
    rows = draw(st.lists(st.tuples(cells(), st.sampled_from(words)), min_size=1, max_size=3))
    return ["**Tasks:**", "", "| Task | Status |", "|:--|---|", *(f"| {task} | {word} |" for task, word in rows), ""]


@st.composite
def task_blocks(draw: st.DrawFn) -> Lines:
    number = draw(st.integers(100, 999))
    metadata = draw(
        st.sampled_from(
            [["#### Metadata", "- **Size:** S", ""], ["**Metadata:**", "- **Size:** S", "- **Assignee:** @ann", ""], []]
        )
    )
    return [
        f"<!-- TASK:BEGIN id=T{number} -->", f"### T{number}: {draw(texts(PLAIN))}", "", *metadata,
        "**Acceptance Criteria:**", "- [ ] It works", "", "<!-- TASK:END -->", "",
    ]  # fmt: skip


@st.composite
def phases(draw: st.DrawFn, number: int) -> Lines:
    heading = f"### Phase {number}: {draw(texts(PLAIN))}{draw(st.sampled_from(['', ' [COMPLETED]', ' ✅', ' ###']))}"
    goal, tasks = (
        draw(texts()),
        draw(st.sampled_from(["bullet", "paragraph", "heading", "numbers", "sections", "table", "none"])),
    )
    last = draw(st.sampled_from(["\t", "", "- **Deliverable:** a demo", "**Deliverable**: a demo", "---"]))
    match tasks:
        case "bullet":
            body = [
                f"- **Goal:** {goal}",
                "- **Tasks:**",
                *draw(item_lists(draw(st.sampled_from(["  ", "   ", "\t"])))),
            ]
        case "paragraph":
            body = [f"**Goal**: {goal}", "", "**Tasks:**", "", *draw(item_lists("")), ""]
        case "heading":
            body = [f"**Goal:** {goal}", "", "#### Tasks", *draw(item_lists("")), ""]
        case "numbers":
            body = [
                f"**Goal:** {goal}",
                "**Steps:**",
                f"1. {draw(texts())}",
                "",
                f"2. [ ] {draw(texts())}",
                f"   {draw(texts())}",
            ]
        case "sections":
            body = [f"#### Task {number}.1: {draw(texts(PLAIN))}", "", draw(texts()), "", f"- [ ] {draw(texts())}", ""]
        case "table":
            body = draw(task_tables())
        case _:
            body = draw(item_lists(""))
    return [heading, *draw(st.sampled_from([[], [""]])), *body, last, ""]


@st.composite
def risk_sections(draw: st.DrawFn) -> Lines:
    if draw(st.booleans()):
        forms = st.sampled_from(RISK_FORMS)
        filled = st.builds(lambda form, name, cure: form.format(name, cure).split("\n"), forms, texts(), texts())
        risks = draw(st.lists(filled, min_size=1, max_size=3))
        return ["## 7. Risks and Mitigations", "", *(line for risk in risks for line in risk), ""]
    words = ["Open", "closed", "🟢 Open", "**Mitigated**", "Waiting", ""]
    rows = draw(st.lists(st.tuples(cells(), cells(), st.sampled_from(words)), min_size=1, max_size=3))
    head = [
        "## 7. Risks and Mitigations",
        "",
        "| Risk | Likelihood | Impact | Mitigation | Status |",
        "|---|:-:|---|---|---|",
    ]
    return [*head, *(f"|{risk}| L | High | {cure} | {word} |" for risk, cure, word in rows), ""]


@st.composite
def documents(draw: st.DrawFn) -> Lines:
    body: Lines = draw(headers())
    body += draw(
        st.sampled_from([[], ["## 1. Architecture Overview", "", "```", "### Phase 9: in a fence", "```", ""]])
    )
    match draw(st.sampled_from(["phases", "phases", "phases", "blocks"])):
        case "phases":
            body += ["## 5. Implementation Phases", ""]
            for number in range(1, draw(st.integers(1, 3)) + 1):
                body += draw(phases(number))
        case _:
            body += ["## Tasks", "", *draw(task_blocks()), *draw(task_blocks())]
    body += draw(risk_sections())
    body += draw(st.sampled_from([[], ["## 8. Open Questions", "", f"- {draw(texts())}", "- None", ""]]))
    return body + draw(st.sampled_from([[], ["~~~", "never closed"], ["<!-- the end -->"]]))


@st.composite
def odd_plans(draw: st.DrawFn) -> bytes:
    """Return the bytes of a plan file."""
    lines = draw(documents())
    ends = draw(st.sampled_from([["\n"], ["\r\n"], ["\n", "\r\n"]]))
    text = "".join(line + ends[at % len(ends)] for at, line in enumerate(lines))
    text = text.rstrip("\r\n") if draw(st.booleans()) else text
    mark = draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    return mark + text.encode()
