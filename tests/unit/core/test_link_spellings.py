"""Every way to write an issue behind a task, and what it is taken for (spec §3.1, §3.5): one table."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plansync.core.evidence import read_claim
from plansync.core.links import Address
from plansync.core.model import LinkPlace, Task
from plansync.core.numbers import take_numbers
from plansync.core.parser import parse_plan
from plansync.core.reading import Placed, Reading
from plansync.core.rules import Rules
from tests.support.reconciling import PLAN, make_issue, make_reading, owning

HOST = "https://tracker.example"
WEB = Address("github", "tracker.example", "acme/web", ("acme/site",), f"{HOST}/acme/web/issues/")
OURS = f"{HOST}/acme/web/issues/12"

NOTHING, ELSEWHERE = "nothing", "elsewhere"

LINKS = [
    # (as written, what it is taken for, the title)
    (f"Fit the tap ([#12]({OURS}))", 12, "Fit the tap"),
    (f"Fit the tap ([issue twelve]({OURS}))", 12, "Fit the tap"),
    (f"Fit the tap([#12]({OURS}))", 12, "Fit the tap"),
    (f"Fit the tap ([#12]({OURS} 'The tap'))", 12, "Fit the tap"),
    (f"Fit the tap ([#12](<{OURS}>))", 12, "Fit the tap"),
    (f"[#12]({OURS}) Fit the tap", 12, "Fit the tap"),
    (f"[#12]({OURS}): Fit the tap", 12, "Fit the tap"),
    (f"[#12]({OURS}) — Fit the tap", 12, "Fit the tap"),
    (f"Fit the tap ([#12]({OURS})) — Assignee: Ann", 12, "Fit the tap"),
    (f"Fit the tap — Assignee: Ann ([#12]({OURS}))", 12, "Fit the tap"),
    (f"**Fit the tap ([#12]({OURS}))**", 12, "**Fit the tap**"),
    (f"Fit the tap ([#12]({OURS})) <!-- soon -->", 12, "Fit the tap"),
    # one issue in many addresses
    (f"Fit the tap ([#12]({OURS}/))", 12, "Fit the tap"),
    (f"Fit the tap ([#12]({OURS}?tab=1))", 12, "Fit the tap"),
    (f"Fit the tap ([#12]({OURS}#issuecomment-7))", 12, "Fit the tap"),
    ("Fit the tap ([#12](http://tracker.example/acme/web/issues/12))", 12, "Fit the tap"),
    ("Fit the tap ([#12](//tracker.example/acme/web/issues/12))", 12, "Fit the tap"),
    (f"Fit the tap ([#12]({HOST}/Acme/WEB/issues/12))", 12, "Fit the tap"),
    (f"Fit the tap ([#12]({HOST}/acme/web/work_items/12))", 12, "Fit the tap"),
    (f"Fit the tap ([#12]({HOST}/acme/web/-/work_items/12))", 12, "Fit the tap"),
    (f"Fit the tap ([#12]({HOST}/acme/web/-/issues/12))", 12, "Fit the tap"),
    (f"Fit the tap ([#12]({HOST}/acme/site/issues/12))", 12, "Fit the tap"),
    # tracked elsewhere
    (f"Fit the tap ([#12]({HOST}/acme/api/issues/12))", ELSEWHERE, "Fit the tap"),
    ("Fit the tap ([#12](https://other.example/acme/web/issues/12))", ELSEWHERE, "Fit the tap"),
    ("[API-12](https://other.example/acme/web/-/issues/12) Fit the tap", ELSEWHERE, "Fit the tap"),
    # mere references
    (f"Fit the tap ([#12]({HOST}/acme/web/pull/12))", NOTHING, f"Fit the tap ([#12]({HOST}/acme/web/pull/12))"),
    (
        f"Fit the tap ([!12]({HOST}/acme/web/-/merge_requests/12))",
        NOTHING,
        f"Fit the tap ([!12]({HOST}/acme/web/-/merge_requests/12))",
    ),
    (f"Fit the tap, see [#12]({OURS})", NOTHING, f"Fit the tap, see [#12]({OURS})"),
    (f"Fit the tap like [#12]({OURS}) does", NOTHING, f"Fit the tap like [#12]({OURS}) does"),
    (f"Fit the tap (as in [#12]({OURS}))", NOTHING, f"Fit the tap (as in [#12]({OURS}))"),
    (f"Fit the tap <{OURS}>", NOTHING, f"Fit the tap <{OURS}>"),
    (f"Fit the tap {OURS}", NOTHING, f"Fit the tap {OURS}"),
    (f"Fit the tap `[#12]({OURS})`", NOTHING, f"Fit the tap `[#12]({OURS})`"),
]

NUMBERS = [
    # taken for the issue where bare_links says so
    ("Fit the tap (#12)", 12, "Fit the tap"),
    ("Fit the tap(#12)", 12, "Fit the tap"),
    ("Fit the tap #12", 12, "Fit the tap"),
    ("Fit the tap: #12", 12, "Fit the tap:"),
    ("Fit the tap — #12", 12, "Fit the tap —"),
    ("Fit the tap (#12) — Assignee: Ann", 12, "Fit the tap"),
    ("Fit the tap — Assignee: Ann (#12)", 12, "Fit the tap"),
    ("Fit the tap (#12) <!-- soon -->", 12, "Fit the tap"),
    ("Fit the tap <!-- soon --> (#12)", 12, "Fit the tap"),
    ("**Fit the tap (#12)**", 12, "**Fit the tap**"),
    ("**Fit the tap** (#12)", 12, "**Fit the tap**"),
    ("Fit the tap\n    in the hall (#12)", 12, "Fit the tap in the hall"),
    ("Fit the tap (#11) (#12)", 12, "Fit the tap (#11)"),
    ("Naïve Häfen(#12)", 12, "Naïve Häfen"),
]

WORDS = [
    # never
    "Fit the tap (#12, #13)",
    "Fit the tap (see #12)",
    "Fit the tap (fixes #12)",
    "Fit the tap (GH-12)",
    "Fit the tap GH-12",
    "Fit the tap (acme/web#12)",
    "Fit the tap acme/web#12",
    "Fit the tap (!12)",
    "Fit the tap !12",
    "Fit the tap [#12]",
    "Fit the tap \\#12",
    "Fit the tap (#012)",
    "Fit the tap (#0)",
    "Fit the tap (#12a)",
    "Fit the tap (#1234567890123456)",
    "Fit the tap (# 12)",
    "Fit the tap (#12).",
    "Fit the tap (#12",
    "Fit the tap #12)",
    "Fit the tap `#12`",
    "Fit the tap #12 and test it",
    "Finish what is left of #12",
    "Merge PR #12",
    "As in pull request #12",
    "Answer to comment #12",
    "Do it after #12",
    "#12",
    "(#12)",
    "#12 Fit the tap",
    f"Fit the tap (#12) ([#12]({HOST}/acme/web/pull/12))",
    "{Fit the tap} (#12)",
    "TBD (#12)",
]


def _read(line: str, *, bare_links: bool, title: str = "Fit the tap") -> tuple[Reading, Task]:
    """Return the plan whose only task is written as ``line``, on a tracker where #12 is somebody's."""
    plan = parse_plan(f"# P\n\n## Phase 1: Water\n\n- [ ] {line}\n".encode())
    reading = make_reading(plan, rules=Rules(bare_links=bare_links))
    ownership = owning(make_issue(12, title, author_is_us=False))
    (settled,) = take_numbers((reading,), (), ownership, WEB)
    (task,) = settled.plan.tasks
    return settled, task


def _taken_for(line: str, *, bare_links: bool) -> tuple[int | str, str]:
    reading, task = _read(line, bare_links=bare_links)
    claim = read_claim(reading, Placed(task, 0), owning(make_issue(12, author_is_us=False)), WEB)
    return (ELSEWHERE if claim.elsewhere else claim.number or NOTHING), task.text


@pytest.mark.parametrize("bare_links", [False, True])
@pytest.mark.parametrize(("line", "taken", "title"), LINKS)
def test_a_link_is_taken_for_what_it_leads_to(line: str, taken: int | str, title: str, bare_links: bool) -> None:
    assert _taken_for(line, bare_links=bare_links) == (taken, title)


@pytest.mark.parametrize(("line", "number", "title"), NUMBERS)
def test_a_bare_number_is_the_issue_where_that_is_configured(line: str, number: int, title: str) -> None:
    assert _taken_for(line, bare_links=True) == (number, title)


@pytest.mark.parametrize("line", [line for line, *_ in NUMBERS])
def test_without_that_it_is_a_part_of_the_text(line: str) -> None:
    taken, title = _taken_for(line, bare_links=False)
    assert taken == NOTHING
    assert "12" in title or "Assignee" in line


@pytest.mark.parametrize("bare_links", [False, True])
@pytest.mark.parametrize("line", WORDS)
def test_other_ways_to_speak_of_an_issue_are_words(line: str, bare_links: bool) -> None:
    taken, title = _taken_for(line, bare_links=bare_links)
    assert (taken, title) == (NOTHING, line)


def test_the_name_behind_a_number_is_the_assignee() -> None:
    for line in ("Fit the tap — Assignee: Ann (#12)", "Fit the tap (#12) — Assignee: Ann"):
        assert _read(line, bare_links=True)[1].assignee == "Ann"


@pytest.mark.parametrize("line", ["~~Fit the tap (#12)~~", "~~Fit the tap~~ (#12)"])
def test_a_task_that_is_struck_out_but_for_its_number_is_struck_out(line: str) -> None:
    reading, task = _read(line, bare_links=True)
    assert (task.text, task.state) == ("~~Fit the tap~~", "cancelled")
    assert reading.key == PLAN


@pytest.mark.parametrize("line", [f"Fit the tap ([#11]({HOST}/acme/web/issues/11)) (#12)"])
def test_a_number_beside_a_link_is_a_word(line: str) -> None:
    for bare_links in (False, True):
        assert _taken_for(line, bare_links=bare_links) == (NOTHING, line)


@pytest.mark.parametrize("value", ["#12", "(#12)"])
def test_the_issue_of_a_task_block_may_be_a_number(value: str) -> None:
    block = f"# P\n\n<!-- TASK:BEGIN id=T001 -->\n### T001: Fit the tap\n- **Issue:** {value}\n<!-- TASK:END -->\n"
    (task,) = parse_plan(block.encode()).tasks
    assert task.bare is not None
    assert (task.bare.number, task.bare.text, task.bare.enclosed) == (12, "Fit the tap", True)


@pytest.mark.parametrize(
    ("cell", "links", "number"),
    [
        (f"[#12]({OURS})", 1, None),
        (f"([#12]({OURS}))", 1, None),
        (f"[#12]({OURS}), [#13]({OURS[:-1]}3)", 2, None),
        (f"[!12]({HOST}/acme/web/pull/12)", 0, None),
        ("#12", 0, 12),
        ("(#12)", 0, 12),
        ("12", 0, None),
        ("#12, #13", 0, None),
        ("", 0, None),
        ("—", 0, None),
    ],
)
@pytest.mark.parametrize(
    "head", ["## Phase 1: One\n\n| Task | Issue |", "## Risks\n\n| Risk | Issue | Impact |"], ids=["task", "risk"]
)
def test_the_column_issue_names_the_rows_issue(head: str, cell: str, links: int, number: int | None) -> None:
    columns = head.rpartition("\n")[2].count("|") - 1
    row = f"| Pipes | {cell} |" + " H |" * (columns - 2)
    plan = parse_plan(f"# P\n\n{head}\n|{'---|' * columns}\n{row}\n".encode())
    item = plan.items[0]
    assert item.text == "Pipes"
    assert [link.place for link in item.links] == [LinkPlace.TAIL] * links
    assert (item.bare.number if item.bare else None) == number


@pytest.mark.parametrize(
    ("written", "title", "struck"),
    [
        ("- **Risk:** It drips (#12)\n  - **Impact:** High", "It drips", False),
        ("- **Risk**: It drips **Mitigation**: A bucket (#12)", None, False),
        ("- **Risk:** ~~It drips~~ (#12)\n  - **Impact:** High", "~~It drips~~", True),
        ("- **Risk:** It drips\n  - **Impact:** High", None, False),
    ],
)
def test_a_risk_in_a_list_may_end_in_its_number(written: str, title: str | None, struck: bool) -> None:
    (risk,) = parse_plan(f"# P\n\n## Risks\n\n{written}\n".encode()).risks
    assert (risk.bare.text if risk.bare else None) == title
    assert (risk.bare is not None and risk.bare.struck) is struck


@pytest.mark.parametrize(
    ("heading", "id", "place"),
    [
        (f"Task 1.1: Fit the tap ([#12]({OURS}))", "1.1", LinkPlace.TAIL),
        (f"Task 1.1: [#12]({OURS}) Fit the tap", "1.1", LinkPlace.LEAD),
        (f"[#12]({OURS}) Task 1.1: Fit the tap", "1.1", LinkPlace.LEAD),
        (f"[#12]({OURS}): Fit the tap", None, LinkPlace.LEAD),
        (f"[#12]({OURS}) Fit the tap", None, LinkPlace.LEAD),
    ],
)
@pytest.mark.parametrize("level", ["###", "####"])
def test_the_heading_of_a_task_may_begin_or_end_with_its_link(
    level: str, heading: str, id: str | None, place: LinkPlace
) -> None:
    plan = parse_plan(f"# P\n\n## Phase 1: One\n\n{level} {heading}\n\nWords.\n\n{level} Notes\n\nMore.\n".encode())
    (task,) = plan.tasks
    assert (task.id, task.text, task.body) == (id, "Fit the tap", "Words.")
    assert [(link.url, link.place) for link in task.links] == [(OURS, place)]


def test_a_former_name_of_the_project_counts_no_longer_once_it_is_not_configured() -> None:
    reading, task = _read(f"Fit the tap ([#12]({HOST}/acme/site/issues/12))", bare_links=False)
    claim = read_claim(reading, Placed(task, 0), owning(), replace(WEB, formerly=()))
    assert claim.elsewhere
