"""Risks that are no table rows: items, paragraphs and headings, and what tells of them."""

from __future__ import annotations

import pytest

from plansync.core.model import Level, Risk, State
from tests.support.plan_texts import LINK, codes, edited, read, titles


def risks(body: str, heading: str = "## Risks and Mitigations") -> list[str]:
    return titles(read(f"{heading}\n\n{body}\n").risks)


def pairs(body: str, heading: str = "## Risks and Mitigations") -> list[tuple[str, str]]:
    return [(risk.text, risk.mitigation) for risk in read(f"{heading}\n\n{body}\n").risks]


def only(body: str, heading: str = "## Risks and Mitigations") -> Risk:
    (risk,) = read(f"{heading}\n\n{body}\n").risks
    return risk


BEANS = ("The beans run out.", "Order early.")


class TestLabels:
    @pytest.mark.parametrize(
        "body",
        [
            "- **Risk**: The beans run out. **Mitigation**: Order early.",
            "- **Risk:** The beans run out. **Mitigation:** Order early.",
            "* __Risk__: The beans run out. *Mitigation:* Order early.",
            "1. Risk: The beans run out. Mitigation: Order early.",
            "- Risk: The beans run out. — Mitigation: Order early.",
            "- Risk: The beans run out. -> mitigation: Order early.",
            "- **Risk 1**: The beans run out. | **Mitigation**: Order early.",
            "- Risk: The beans run out.\n  Mitigation: Order early.",
            "- **Risk:** The beans run out.\n  **Mitigation:** Order early.",
            "- **Risk**: The beans run out.\n  - **Mitigation**: Order early.",
            "- **Risk**: The beans run out.\n\n  - Mitigation: Order early.",
            "- **Risk**: The beans run out.\n\n  **Mitigation**: Order early.",
            "- **Risk**: The beans run out.\n- **Mitigation**: Order early.",
            "- **Primary Risk:** The beans run out.\n- **Mitigation:** Order early.",
            "- [Risk] The beans run out. -> Mitigation: Order early.",
            "- **[Risk]** The beans run out.\n  - **Mitigation:** Order early.",
            "- The beans run out. Mitigation: Order early.",
            "- The beans run out.\n  - **Mitigation**: Order early.",
            "- [ ] The beans run out.\n  - [x] **Mitigation**: Order early.",
            "- [ ] **Risk**: The beans run out.\n- ✅ **Mitigation**: Order early.",
            "### Coffee\n- [ ] **Risk**: The beans run out.\n- [ ] **Mitigation**: Order early.",
            "- The beans run out.\n  - Mitigation:\n    - Order early.",
            "- Risk: The beans run out.\n\n  **Mitigation:**\n\n  - Order early.",
            "**Risk**: The beans run out.\n**Mitigation**: Order early.",
            "**Risk:** The beans run out.\n\n**Mitigation:** Order early.",
            "**Risk 1: The beans run out.**\n- **Mitigation**: Order early.",
            "**Risk 1**: The beans run out.\n\n- **Mitigation**: Order early.",
            "**The beans run out.**\n- *Mitigation*: Order early.",
            "### Risk 1: The beans run out.\n\n**Mitigation:** Order early.",
            "### The beans run out.\n- **Mitigation:** Order early.",
            "### Risk 1: Coffee\n\n**Risk**: The beans run out.\n**Mitigation**: Order early.",
            "**Coffee**\n- *Risk*: The beans run out.\n- *Mitigation*: Order early.",
            "### R1: The beans run out.\n**Mitigation:**\n- Order early.",
        ],
    )
    def test_name_the_risk_and_its_mitigation(self, body: str) -> None:
        assert pairs(body) == [BEANS]

    @pytest.mark.parametrize(
        "heading", ["## Risks", "## Risk Assessment", "## Risk Mitigation", "### Low Risk", "## Rollback and Risk"]
    )
    def test_count_below_any_heading_with_the_word(self, heading: str) -> None:
        assert pairs("- **Risk**: a\n  - Mitigation: b\n- **c**: d. Mitigation: e", heading) == [
            ("a", "b"),
            ("**c**: d.", "e"),
        ]

    @pytest.mark.parametrize(
        ("heading", "body"),
        [
            ("## Risiken", "- **Risiko**: a. **Gegenmaßnahme**: b"),
            ("## Risques", "- **Risque :** a. **Atténuation :** b"),
            ("## Riesgos", "- Riesgo: a. Mitigación: b"),
            ("## Riscos", "- **Risco 2**: a. **Mitigação**: b"),
            ("## Риски", "- **Риск:** a. **Снижение:** b"),
            ("## Риски и меры", "### Риск 1: a.\n\n- **Мера**: b"),
            ("## 风险", "- **风险**：a. **缓解**：b"),
            ("## 风险与应对", "- 风险：a. 应对措施：b"),
        ],
    )
    def test_are_known_in_other_languages(self, heading: str, body: str) -> None:
        assert pairs(body, heading) == [("a.", "b")]

    def test_may_follow_a_chinese_full_stop(self) -> None:
        assert pairs("- 豆子用完。缓解：早订", "## 风险") == [("豆子用完。", "早订")]

    def test_hold_levels_and_owner_too(self) -> None:
        risk = only("- **Risk**: a (**Likelihood**: Low, **Impact**: High), **Owner**: kim. **Mitigation**: b; c")
        assert (risk.likelihood.level, risk.impact.level, risk.owner) == (Level.LOW, Level.HIGH, "kim.")
        assert risk.mitigation == "b; c"

    def test_of_a_heading_stand_on_one_line(self) -> None:
        risk = only("### Risk 2: a\n**Probability**: Medium | **Impact**: HIGH\n\n**Mitigation**: b", "## Key Risks")
        assert (risk.id, risk.text, risk.score, risk.mitigation) == ("2", "a", 6, "b")

    def test_with_an_unreadable_level_are_a_problem(self) -> None:
        assert codes(read("## Risks\n\n- **Risk**: a\n  - **Impact**: huge\n")) == ["PS301"]

    def test_in_code_and_in_the_middle_of_a_sentence_are_none(self) -> None:
        assert risks("- `Mitigation: x` is printed\n- we call this mitigation: it helps") == [
            "`Mitigation: x` is printed",
            "we call this mitigation: it helps",
        ]


class TestPlainItems:
    @pytest.mark.parametrize(
        "heading",
        ["## Risks", "## Key Risks", "## 7. Risks & Watch-outs", "## Risk", "## Risk Register", "### Known risks",
         "## Risiken und Nebenwirkungen", "## Risques connus", "## Riesgos y dudas", "## Riscos", "## Риски", "## 风险与边界"],
    )  # fmt: skip
    def test_are_risks_where_the_heading_lists_risks(self, heading: str) -> None:
        assert risks(
            "- **Beans**: they run out\n- [ ] the mill breaks\n1. R-2: no water\n2. R3 — no milk", heading
        ) == [
            "**Beans**: they run out",
            "the mill breaks",
            "no water",
            "no milk",
        ]

    @pytest.mark.parametrize(
        "heading",
        ["## Risk Assessment", "## Risk Mitigation", "## Risk Mitigation Strategies", "### Low Risk", "## Mitigated Risks",
         "## Risk-based testing", "## 风险评估", "## 风险文件"],
    )  # fmt: skip
    def test_are_none_where_it_speaks_of_something_else(self, heading: str) -> None:
        assert risks("- Grind more coarsely\n- **Beans**: bought", heading) == []

    def test_are_risks_below_sub_headings_but_for_asides(self) -> None:
        body = "### Technical\n- a\n### High\n- b\n### Low Risk\n- c\n### Mitigation plan\n- d\n#### Steps\n- e\n### Rollback\n- f"
        assert risks(body) == ["a", "b"]

    def test_are_risks_below_lines_that_say_so(self) -> None:
        body = (
            "**Closed risks:**\n- a\n\n**Remaining risks:**\n- b\n\n**Mitigations:**\n- c\n\nFurther risks:\n\n- d\n\n"
            "Open questions:\n\n- e"
        )
        assert risks(body, "## Risk Assessment") == ["b", "d"]

    @pytest.mark.parametrize("line", ["Massnahmen:", "**Medidas de control:**", "**Mesures prévues :**", "缓解方案："])
    def test_end_where_what_is_done_about_them_is_listed(self, line: str) -> None:
        assert risks(f"- a\n\n{line}\n\n- no\n", "## Risks") == ["a"]

    @pytest.mark.parametrize(
        "heading", ["## 业务风险", "## 主なリスク", "## リスクと対策", "## 위험 요소", "## 리스크 및 대응"]
    )
    def test_are_risks_where_an_eastern_heading_lists_them(self, heading: str) -> None:
        assert risks("- a", heading) == ["a"]

    @pytest.mark.parametrize("heading", ["## 低风险", "## 降低风险", "## リスク低減策", "## 위험 없는 변경"])
    def test_are_none_where_it_speaks_of_something_else_there(self, heading: str) -> None:
        assert risks("- a", heading) == []

    def test_may_be_introduced(self) -> None:
        assert risks("### Technical\n\nThese we know:\n\n- a\n\n**And these**:\n- b\n\n- **:** c") == [
            "a",
            "b",
            "**:** c",
        ]

    def test_may_be_headed_by_an_item(self) -> None:
        assert risks("- Technical risks:\n  - a\n- Mitigations:\n  - b\n- c") == ["a", "c"]
        assert risks("- Technical risks:\n- a\n- Mitigations and rollback:\n- b") == ["a"]

    @pytest.mark.parametrize(
        "body",
        ["None.", "- None", "- None identified", "- No significant risks", "- N/A", "- {risk}", "- **Risk**: None known",
         "- **Risk**: Low — nothing else changes", "**Risk:** Medium", "- Low", "- Low risk: additive", "- **Risk level**: High",
         "- **Overall risk**: low", "- **Rollback**: revert", "- Assumption: a", "- **Mitigation strategy**: b", "- Контекст:", "> - a", "```\n- a\n```", "- | Risk | Impact |",
         "- ```\n  a\n  ```", "**Mitigation:** a", "- **Mitigation**: a", "- **Impact**: High"],
    )  # fmt: skip
    def test_that_name_no_risk_are_none(self, body: str) -> None:
        assert risks(body) == []

    @pytest.mark.parametrize(
        "text", ["No backup exists", "None of the mills is spare", "Low-grade beans", "**High**: a"]
    )
    def test_may_begin_with_such_words(self, text: str) -> None:
        assert risks(f"- {text}") == [text]

    def test_are_none_beside_a_table(self) -> None:
        assert risks("| Risk | Impact |\n|---|---|\n| a | High |\n\n- b\n- **Risk**: c. **Mitigation**: d") == [
            "a",
            "c.",
        ]

    def test_below_other_headings_are_none(self) -> None:
        assert risks("- **Risk**: a. **Mitigation**: b", "## Notes") == []
        assert risks("- a", "# Risks") == []
        assert risks("- a", "### Phase 1: Risks") == []

    def test_are_not_looked_for_in_the_depths(self) -> None:
        nested = "".join(f"{'  ' * depth}- Risks:\n" for depth in range(1000)) + "  " * 1000 + "- a"
        assert risks(nested) == []


class TestQuestionsBesides:
    def test_what_asks_is_a_question_and_the_rest_a_risk(self) -> None:
        plan = read("## Risks & Open Questions\n\n- a may break\n- Shall we b?\n- Risk: c? Mitigation: d\n")
        assert (titles(plan.risks), titles(plan.questions)) == (["a may break", "c?"], ["Shall we b?"])


class TestState:
    @pytest.mark.parametrize(
        ("body", "state"),
        [
            ("- [x] Risk: a", State.DONE),
            ("- ✅ Risk: a", State.DONE),
            ("- [ ] Risk: a", State.OPEN),
            ("- ~~Risk: a~~", State.CANCELLED),
            ("- Risk: ~~a~~", State.CANCELLED),
            ("- Risk: a\n  - Status: Mitigated", State.DONE),
            ("### Risk 1: a\n**Status**: ✅ Mitigated (by hand)", State.DONE),
            ("### Risk 1: a\n**Status**: Monitoring", State.OPEN),
        ],
    )
    def test_is_that_of_box_tick_and_status(self, body: str, state: State) -> None:
        assert only(body).state is state

    def test_a_field_status_is_never_written(self) -> None:
        assert only("- Risk: a\n  - Status: Open").status_cell is None

    def test_one_may_be_ignored(self) -> None:
        assert only("- Risk: a <!-- plansync:ignore -->").ignored
        assert only("### Risk 1: a\n\n<!-- plansync:ignore -->").ignored


class TestContent:
    def test_steps_below_mitigation_are_its_details(self) -> None:
        risk = only("### Risk 1: a\n- **Mitigation**:\n  - [x] b\n  - c\n- **Contingency**: d")
        assert [detail.text for detail in risk.details] == ["b", "c"]
        assert (risk.mitigation, risk.body) == ("b; c", "- **Contingency**: d")

    def test_a_remark_behind_a_risk_belongs_to_it(self) -> None:
        assert only("- Risk: a\n- Mitigation: b\n- **Contingency**: c").body == "- **Contingency**: c"

    def test_steps_behind_a_text_follow_it(self) -> None:
        risk = only("- Risk: a\n  - Mitigation: b\n    - c")
        assert (risk.mitigation, risk.details) == ("b; c", ())

    def test_further_text_is_kept(self) -> None:
        risk = only("- Risk: a\n\n  More of it.\n\n  ```\n  code\n  ```\n  - Mitigation: b\n\n    Why.\n  - Trigger: c")
        assert risk.body == "More of it.\n\n```\ncode\n```\n\nWhy.\n\n- Trigger: c"
        assert (
            only("**Risk 1: a.** And more.\n\nText.\n\n```\ncode\n```\n").body == "And more.\n\nText.\n\n```\ncode\n```"
        )

    def test_risks_indented_by_mistake_are_risks(self) -> None:
        assert pairs("- Risk: a. Mitigation: b\n  - Risk: c. Mitigation: d\n- Risk: e") == [
            ("a.", "b"),
            ("c.", "d"),
            ("e", ""),
        ]

    def test_a_rule_ends_what_belongs_to_a_risk(self) -> None:
        assert pairs("### Risk 1: a\n\n---\n\n**Mitigation**: b") == [("a", "")]

    def test_a_bold_name_without_a_proof_is_none(self) -> None:
        assert risks("**Why we care**\n\nText.\n\n- **Owner**: kim\n\n**Operational risk:** a\n\nText.") == []
        assert pairs("**Operational risk:** a  \n**Mitigation:** b") == [("**Operational risk:** a", "b")]
        assert pairs("**Old mill.** It breaks. Mitigation: buy one") == [("**Old mill.** It breaks.", "buy one")]

    def test_two_bold_names_are_two_risks(self) -> None:
        assert risks("**Risk 1: a**\n\n**Risk 2: b**\n\ntext", "## Risk Assessment") == ["a", "b"]


class TestWriteBack:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("- **Risk**: a. **Mitigation**: b", "- **Risk**: a. **Mitigation**: b (@)"),
            ("- Risk: a\n  Mitigation: b\n- c", "- Risk: a\n  Mitigation: b (@)\n- c"),
            ("- **Risk:** a  \n  **Mitigation:** b", "- **Risk:** a (@)  \n  **Mitigation:** b"),
            ("- Risk: a\n  - Mitigation: b", "- Risk: a (@)\n  - Mitigation: b"),
            ("- a", "- a (@)"),
            ("**Risk 1**: a\n- Mitigation: b", "**Risk 1**: a (@)\n- Mitigation: b"),
            ("**Risk 1: a**\n- Mitigation: b", "**Risk 1: a** (@)\n- Mitigation: b"),
            ("**a**\n- Mitigation: b", "**a** (@)\n- Mitigation: b"),
            ("**Risk 1: a.** c\n\n- Mitigation: b", "**Risk 1: a.** c (@)\n\n- Mitigation: b"),
            ("### Risk 1: a\n**Mitigation**: b", "### Risk 1: a (@)\n**Mitigation**: b"),
            ("### a ###\n- Mitigation: b", "### a (@) ###\n- Mitigation: b"),
        ],
    )
    def test_a_link_goes_behind_the_first_paragraph_and_changes_nothing_else(self, before: str, after: str) -> None:
        source = f"## Risks\n\n{before}\n"
        first = read(source).risks[0]
        written = edited(source, first.link_site.edit(LINK))
        assert written == f"## Risks\n\n{after.replace('@', LINK)}\n"
        again = read(written).risks[0]
        assert (again.text, again.mitigation, again.body) == (first.text, first.mitigation, first.body)
        assert [link.label for link in again.links] == ["#12"]
        assert len(read(written).risks) == len(read(source).risks)
