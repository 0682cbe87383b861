"""Open questions, and what only looks like one."""

from __future__ import annotations

import pytest

from plansync.core.model import State
from tests.support.plan_texts import LINK, edited, read, titles


def questions(body: str, heading: str = "## 8. Open Questions") -> list[str]:
    return titles(read(f"{heading}\n\n{body}\n").questions)


@pytest.mark.parametrize(
    "heading",
    [
        "## Open Questions",
        "### 9. Open Questions",
        "## Questions",
        "## Open Questions & Risks",
        "## Unresolved Questions",
        "## Outstanding questions",
        "## Risks and Open Questions",
        "## Offene Fragen",
        "## Questions ouvertes",
        "## Preguntas abiertas",
        "## Perguntas em aberto",
        "## Открытые вопросы",
        "## 待解决问题",
    ],
)
def test_they_stand_in_a_section_of_their_own(heading: str) -> None:
    assert questions("- a?", heading) == ["a?"]


@pytest.mark.parametrize(
    "heading", ["## Resolved Questions", "## Notes", "# Open Questions", "## Open Questions (answered)\n## Other"]
)
def test_other_sections_hold_none(heading: str) -> None:
    assert questions("- a?", heading) == []


@pytest.mark.parametrize(
    "body",
    [
        "- a?\n- b?",
        "1. a?\n2. b?",
        "The following:\n\n- a?\n- b?",
        "- a?\n\nAnd then.\n\n- b?",
        "**Product:**\n\n- a?\n\n**Technical:**\n\n- b?",
        "### Product\n- a?\n### Technical\n- b?",
    ],
)
def test_every_item_is_one(body: str) -> None:
    assert questions(body) == ["a?", "b?"]


@pytest.mark.parametrize(
    "body",
    [
        "None.", "None — all settled.\n\n- a?", "None. All decisions taken:\n\n- ✅ a\n- b", "- None", "- None at this time.", "_None_", "- N/A", "No open questions.", "- No questions remain",
        "No further open questions", "- {question 1}", "All open questions are resolved", "Nothing", "- ", "```\n- a?\n```", "> - a?", "<!--\n- a?\n-->", "text",
        "Keine.", "- Ninguna", "- Нет", "无", "- Keine offenen Fragen",
        "### Resolved\n\n- a", "**Resolved:**\n\n- a", "Assumptions:\n\n- a",
    ],
)  # fmt: skip
def test_none_is_none_in_any_wording(body: str) -> None:
    assert questions(body) == []


def test_a_question_may_begin_with_none() -> None:
    assert questions("- None of the services says so; shall we?") == ["None of the services says so; shall we?"]


def test_a_list_of_something_else_behind_them_is_none() -> None:
    assert questions("- a?\n\nAssumptions made so far:\n\n- b\n\nWhat we know:\n\n- c") == ["a?"]


def test_unresolved_is_not_resolved() -> None:
    assert questions("- a?\n\n### Not yet answered\n\n- b?") == ["a?", "b?"]


def test_a_heading_may_ask_and_what_stands_below_it_is_no_question() -> None:
    source = (
        "## Open Questions\n\n### Q1: Which mill\n\n- [ ] a\n- b\n\n### ✅ Who pays?\n\nWe do.\n\n### Others\n\n- c?\n"
    )
    plan = read(source)
    assert titles(plan.questions) == ["Q1: Which mill", "Who pays?", "c?"]
    assert [question.state for question in plan.questions] == [State.OPEN, State.DONE, State.OPEN]
    assert [detail.text for detail in plan.questions[0].details] == ["a", "b"]
    written = edited(source, plan.questions[0].link_site.edit(LINK))
    assert f"### Q1: Which mill ({LINK})\n" in written
    assert titles(read(written).questions) == titles(plan.questions)


def test_answered_ones_are_done() -> None:
    plan = read("## Open Questions\n\n- ✅ a? Yes.\n- [x] b?\n- [ ] c?\n- ~~d?~~\n- e?\n  - perhaps\n")
    assert [question.state for question in plan.questions] == [
        State.DONE,
        State.DONE,
        State.OPEN,
        State.CANCELLED,
        State.OPEN,
    ]
    assert [detail.text for detail in plan.questions[-1].details] == ["perhaps"]


def test_a_link_goes_behind_the_question() -> None:
    source = "## Open Questions\n\n- a?  \n  - b\n"
    (question,) = read(source).questions
    assert edited(source, question.link_site.edit(LINK)) == f"## Open Questions\n\n- a? ({LINK})  \n  - b\n"


def test_one_may_be_ignored() -> None:
    assert read("## Open Questions\n\n- a? <!-- plansync:ignore -->\n").questions[0].ignored
