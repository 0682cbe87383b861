"""The Status says what the progress says, in the author's words and form."""

from __future__ import annotations

import pytest

from plansync.core.model import StatusLine
from plansync.core.problems import problem
from plansync.core.progress import Stage
from plansync.core.rules import Rules, StatusWords
from plansync.core.status import StatusChange, decide_status, status_edits, status_faults
from plansync.core.text import Edit, Site, Span
from plansync.core.wording import Keep, Unclear, Write
from tests.support.plan_values import make_plan, make_status

WORDS = StatusWords()
START, GOING, END = Stage.NOT_STARTED, Stage.IN_PROGRESS, Stage.COMPLETE


@pytest.mark.parametrize(
    ("raw", "stage"),
    [
        ("Draft", START),
        ("Approved", START),
        ("In Progress", GOING),
        ("🚧 WIP", GOING),
        ("In Progress (Phase 1/4)", GOING),
        ("Done", END),
        ("✅ Implemented", END),
        ("Complete (docs deferred)", END),
    ],
)
def test_a_word_that_says_the_same_stays(raw: str, stage: Stage) -> None:
    assert decide_status(raw, stage, WORDS) == Keep("the word says the same")


@pytest.mark.parametrize("raw", ["In Progress", "active", "[STARTED]"])
def test_an_in_progress_word_stays_while_nothing_is_done_yet(raw: str) -> None:
    assert decide_status(raw, START, WORDS) == Keep("work has begun")


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("raw", ["On Hold", "BLOCKED", "[superseded]", "Superseded (merged into the build plan)"])
def test_a_held_word_is_never_changed(raw: str, stage: Stage) -> None:
    assert isinstance(decide_status(raw, stage, WORDS), Keep)


@pytest.mark.parametrize(
    ("raw", "stage", "written"),
    [
        ("Draft", GOING, "In Progress"),
        ("Draft", END, "Complete"),
        ("Complete", GOING, "In Progress"),
        ("Complete", START, "Planned"),
        ("DRAFT", GOING, "IN PROGRESS"),
        ("draft", GOING, "in progress"),
        ("[NOT STARTED]", GOING, "[IN PROGRESS]"),
        ("[DRAFT]", END, "[COMPLETE]"),
        ("not-started", GOING, "in-progress"),
        ("NOT_STARTED", GOING, "IN_PROGRESS"),
        ("Not started", GOING, "In progress"),
        ("**Draft**", GOING, "**In Progress**"),
        ("_Draft_", GOING, "_In Progress_"),
        ("`draft`", END, "`complete`"),
        ('"in-progress"', END, '"complete"'),
        ("Draft  ", GOING, "In Progress  "),
        ("Draft\\", GOING, "In Progress\\"),
        ("✅ Complete", GOING, "In Progress"),
        ("✅ **Complete**", GOING, "**In Progress**"),
        ("🚧 In Progress", END, "Complete"),
        ("Complete ✅", GOING, "In Progress"),
        ("Draft (v2)", GOING, "In Progress (v2)"),
        ("Draft — v2", GOING, "In Progress — v2"),
        ("Draft, v2", GOING, "In Progress, v2"),
        ("Draft · v2 | 2026-01-02", GOING, "In Progress · v2 | 2026-01-02"),
        ("Draft\nThis plan says how we will do it.", GOING, "In Progress\nThis plan says how we will do it."),
        ("Draft \r\nThis plan says how we will do it.", GOING, "In Progress \r\nThis plan says how we will do it."),
        ("draft # or done", GOING, "in progress # or done"),
        ("Draft <!-- Draft, Approved or Done -->", GOING, "In Progress <!-- Draft, Approved or Done -->"),
    ],
)
def test_the_stages_word_is_written_in_the_values_form(raw: str, stage: Stage, written: str) -> None:
    assert decide_status(raw, stage, WORDS) == Write(written)
    assert isinstance(decide_status(written, stage, WORDS), Keep)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("", "the Status is empty"),
        ("{STATUS}", "the Status '{STATUS}' is still a placeholder"),
        ("**{status}**", "the Status '**{status}**' is still a placeholder"),
        ("Waiting for the lawyers", "the Status 'Waiting for the lawyers' is not one known word"),
        ("✅", "the Status '✅' is not one known word"),
        ("Draft | Approved", "the Status 'Draft | Approved' holds several words: Draft, Approved"),
        ("~~Draft~~ Approved", "the Status '~~Draft~~ Approved' holds several words: Draft, Approved"),
    ],
)
def test_what_cannot_be_understood_is_left_and_said(raw: str, why: str) -> None:
    for stage in Stage:
        assert decide_status(raw, stage, WORDS) == Unclear(why)


@pytest.mark.parametrize(
    "raw",
    [
        "Complete (docs deferred)",
        "Complete — tasks were created and everyone was told",
        "Complete - then cancelled",
        "Complete, and everyone was told by Ann",
    ],
)
def test_a_word_that_must_change_is_left_when_its_note_would_turn_wrong(raw: str) -> None:
    verdict = decide_status(raw, GOING, WORDS)
    assert isinstance(verdict, Unclear)
    assert "the note behind it tells more" in verdict.message


def test_configured_words_are_written() -> None:
    words = StatusWords(not_started="Geplant", in_progress="In Arbeit", complete="Fertig")
    assert [decide_status("cancelled", stage, words) for stage in Stage] == [
        Keep("a held plan's Status is people's")
    ] * 3
    assert decide_status("[DONE]", GOING, words) == Write("[IN ARBEIT]")
    assert decide_status("Done", START, words) == Write("Geplant")
    assert decide_status("Draft", END, words) == Write("Fertig")
    assert isinstance(decide_status("Fertig", END, words), Keep)


def test_the_status_line_is_spliced() -> None:
    change = status_edits(make_plan(status=make_status("Draft", 40)), GOING, Rules())
    assert change.edits == (Edit(Span(40, 45), b"In Progress"),)
    assert (change.old, change.new, change.problems) == ("Draft", "In Progress", ())


def test_a_word_that_stays_gives_no_edit() -> None:
    change = status_edits(make_plan(status=make_status("Approved")), START, Rules())
    assert (change.edits, change.problems, change.old, change.new) == ((), (), "Approved", "Approved")


def test_header_and_front_matter_of_one_group_are_both_written() -> None:
    plan = make_plan(front_matter_status=make_status("draft", 10, 2), status=make_status("Planned", 60, 8))
    change = status_edits(plan, GOING, Rules())
    assert change.edits == (Edit(Span(10, 15), b"in progress"), Edit(Span(60, 67), b"In Progress"))
    assert (change.old, change.new, change.problems) == ("draft", "in progress", ())


def test_where_they_differ_only_the_first_in_the_file_is_written() -> None:
    plan = make_plan(front_matter_status=make_status("draft", 10, 2), status=make_status("Complete", 60, 8))
    change = status_edits(plan, GOING, Rules())
    assert change.edits == (Edit(Span(10, 15), b"in progress"),)
    assert [(found.code, found.line, found.message) for found in change.problems] == [
        ("PS702", 8, "the Status 'Complete' differs from 'draft' in line 2")
    ]


def test_an_unclear_value_is_a_problem_at_its_place() -> None:
    change = status_edits(make_plan(status=make_status("{STATUS}", 40, 6)), END, Rules())
    assert [(found.code, found.line, found.column) for found in change.problems] == [("PS701", 6, 13)]
    assert (change.edits, change.old, change.new) == ((), "{STATUS}", "{STATUS}")


@pytest.mark.parametrize(("status", "raw"), [(None, None), (make_status("{STATUS}"), "{STATUS}")])
def test_without_countable_tasks_nothing_is_said_or_written(status: StatusLine | None, raw: str | None) -> None:
    change = status_edits(make_plan(status=status), None, Rules(status_insert=True))
    assert change == StatusChange((), (), raw, raw)


def test_a_missing_status_line_is_a_problem_once() -> None:
    bare = make_plan(title_line=2, status_site=Site(20, "**Status:** ", "\n"))
    assert [(found.code, found.line) for found in status_edits(bare, GOING, Rules()).problems] == [("PS104", 2)]
    told = make_plan(status_site=Site(20), problems=(problem("PS104", 1, 1, "the plan has no Status line"),))
    assert status_edits(told, GOING, Rules()).problems == ()


def test_a_missing_status_line_is_put_in_only_by_rule() -> None:
    plan = make_plan(status_site=Site(20, "**Status:** ", "\n"))
    assert status_edits(plan, GOING, Rules()).edits == ()
    change = status_edits(plan, GOING, Rules(status_insert=True))
    assert change.edits == (Edit(Span(20, 20), b"**Status:** In Progress\n"),)
    assert (change.old, change.new, change.problems) == (None, "In Progress", ())


def test_a_plan_with_no_place_for_a_status_line_is_told_so() -> None:
    assert [found.code for found in status_edits(make_plan(), GOING, Rules(status_insert=True)).problems] == ["PS104"]


@pytest.mark.parametrize(
    ("first", "second", "codes"),
    [
        ("Draft", None, []),
        ("Draft", "planned", []),
        ("Complete (docs deferred)", None, []),
        ("Waiting for the lawyers", None, ["PS701"]),
        ("", None, ["PS701"]),
        ("In Arbeit", None, []),
        ("Draft", "Complete", ["PS702"]),
        ("{STATUS}", "Complete", ["PS702", "PS701"]),
        (None, None, []),
    ],
)
def test_faults_that_hold_whatever_the_stage_is(first: str | None, second: str | None, codes: list[str]) -> None:
    plan = make_plan(
        front_matter_status=None if first is None else make_status(first, 10, 2),
        status=None if second is None else make_status(second, 60, 8),
    )
    words = StatusWords(in_progress="In Arbeit")
    assert [found.code for found in status_faults(plan, words)] == codes
    for stage in Stage if codes else ():
        assert [found.code for found in status_edits(plan, stage, Rules(status_words=words)).problems] == codes
