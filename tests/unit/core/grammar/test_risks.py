"""Risk tables: where they are, their columns by name, their levels."""

from __future__ import annotations

import pytest

from plansync.core.grammar.risk_words import rating_word, read_level
from plansync.core.model import Level, Plan, Rating, Risk, State
from tests.support.plan_texts import LINK, codes, edited, read, titles

TABLE = "| Risk | Likelihood | Impact | Mitigation |\n|---|---|---|---|\n| a | L | H | b |\n"


def only(table: str, heading: str = "## 7. Risks and Mitigations") -> Risk:
    (risk,) = read(f"{heading}\n\n{table}").risks
    return risk


class TestWhere:
    @pytest.mark.parametrize(
        "heading",
        [
            "## Risks",
            "### 2.3 Technical Risk",
            "## Open Risks & Questions",
            "# T\n## Risiken",
            "## Risques",
            "## Riesgos",
            "## Riscos",
            "## Риски",
            "## 风险",
        ],
    )
    def test_below_a_heading_with_risks(self, heading: str) -> None:
        assert only(TABLE, heading).text == "a"

    def test_in_its_sub_sections_as_well(self) -> None:
        assert titles(read(f"## Risks\n### High\n{TABLE}\n### Low\n{TABLE}").risks) == ["a", "a"]

    @pytest.mark.parametrize("heading", ["# Risk engine", "## Notes", "## Phase 1: Risk engine", "## Asterisk"])
    def test_nowhere_else(self, heading: str) -> None:
        assert read(f"{heading}\n\n{TABLE}").risks == ()

    @pytest.mark.parametrize("lead", ["> ", "    "])
    def test_not_in_quotes_or_code(self, lead: str) -> None:
        table = "".join(f"{lead}{line}\n" for line in TABLE.splitlines())
        assert read(f"## Risks\n\n{table}").risks == ()

    def test_in_list_items_as_well(self) -> None:
        inner = "".join(f"    {line}\n" for line in TABLE.splitlines())
        assert titles(read(f"## Risks\n\n1. Ours\n\n{inner}\n   - Theirs\n\n{TABLE}").risks) == ["a", "a"]


class TestColumns:
    @pytest.mark.parametrize(
        "table",
        [
            "| Mitigation | Impact | Probability | **Risk** |\n|---|---|---|---|\n| b | H | L | a |\n",
            "| # | Risk Description | Severity | Response |\n|---|---|---|---|\n| 1 | a | H | b |\n",
            "| Risiko | Auswirkung | Maßnahme |\n|---|---|---|\n| a | hoch | b |\n",
            "| Риск | Вероятность | Влияние | Меры |\n|---|---|---|---|\n| a | низкая | высокое | b |\n",
            "| ID | Description | Impact | Mitigation |\n|---|---|---|---|\n| 1 | a | High | b |\n",
            "| Risk | Description | Impact | Mitigation |\n|---|---|---|---|\n| R-1 | a | High | b |\n",
            "| Mitigation approach | Potential risk | Impact (1-5) |\n|---|---|---|\n| b | a | High |\n",
            "| Riesgo | Impacto | Mitigación |\n|---|---|---|\n| a | Alto | b |\n",
            "| Risco | Gravidade | Medidas |\n|---|---|---|\n| a | alta | b |\n",
            "| Risque | Gravité | Mesures |\n|---|---|---|\n| a | élevée | b |\n",
            "| 应对措施 | 影响 | 风险 |\n|---|---|---|\n| b | 高 | a |\n",
            "| リスク | 影響度 | 対策 |\n|---|---|---|\n| a | 大 | b |\n",
            "| 위험 | 영향 | 완화 방안 |\n|---|---|---|\n| a | 높음 | b |\n",
            "| Wahrscheinlichkeit | Schwere | Risiko | Gegenmaßnahme |\n|---|---|---|---|\n| gering | hoch | a | b |\n",
        ],
    )
    def test_are_known_by_name_not_by_place(self, table: str) -> None:
        risk = only(table)
        assert (risk.text, risk.impact.level, risk.mitigation) == ("a", Level.HIGH, "b")

    @pytest.mark.parametrize(
        "table", ["| Risk | Date |\n|---|---|\n| a | b |\n", "| Impact | Mitigation |\n|---|---|\n| H | b |\n"]
    )
    def test_too_few_of_them_are_a_problem(self, table: str) -> None:
        plan = read(f"## Risks\n\n{table}")
        assert (plan.risks, codes(plan)) == ((), ["PS302"])

    def test_a_table_of_something_else_is_none(self) -> None:
        plan = read("## Risks\n\n| Date | Impact |\n|---|---|\n| a | b |\n")
        assert (plan.risks, codes(plan)) == ((), [])

    def test_a_column_of_levels_is_no_risk(self) -> None:
        plan = read(
            "## Risk Assessment\n\n| Change | Risk | Mitigation |\n|---|---|---|\n| a | Low | b |\n| c | High | d |\n"
        )
        assert (plan.risks, codes(plan)) == ((), [])

    def test_an_id_is_kept(self) -> None:
        assert only("| # | Risk | Impact |\n|---|---|---|\n| **R1** | a | High |\n").id == "R1"
        assert only("| Risk ID | Description | Impact |\n|---|---|---|\n| R-2 | a | High |\n").id == "R-2"
        assert only(TABLE).id is None

    def test_a_short_row_is_read_as_far_as_it_goes(self) -> None:
        plan = read("## Risks\n\n| Risk | Mitigation |\n|---|---|\n| a |\n| `b|c` | d |\n")
        assert [(risk.text, risk.mitigation) for risk in plan.risks] == [("a", ""), ("`b|c`", "d")]
        assert codes(plan) == ["PS303"]

    @pytest.mark.parametrize("text", ["{risk}", "None", "—", "N/A", ""])
    def test_a_placeholder_is_no_risk(self, text: str) -> None:
        assert read(f"## Risks\n\n| Risk | Impact |\n|---|---|\n| {text} | H |\n").risks == ()

    def test_owner_and_status_are_kept(self) -> None:
        risk = only(
            "| Risk | Impact | Mitigation | Owner | Status |\n|---|---|---|---|---|\n| a | H | N/A | kim | Open |\n"
        )
        assert (risk.owner, risk.mitigation, risk.state) == ("kim", "", State.OPEN)
        assert risk.status_cell is not None
        assert risk.status_cell.raw == "Open"
        assert only(TABLE).owner is None

    @pytest.mark.parametrize(
        ("status", "state"),
        [
            ("Closed", State.DONE),
            ("**Mitigated**", State.DONE),
            ("✅", State.DONE),
            ("Monitoring", State.OPEN),
            ("", State.OPEN),
        ],
    )
    def test_a_closed_status_is_done(self, status: str, state: State) -> None:
        assert only(f"| Risk | Impact | Status |\n|---|---|---|\n| a | H | {status} |\n").state is state

    def test_a_struck_out_risk_is_cancelled(self) -> None:
        assert only("| Risk | Impact | Status |\n|---|---|---|\n| ~~a~~ | H | Closed |\n").state is State.CANCELLED

    def test_the_link_goes_to_the_end_of_its_cell(self) -> None:
        source = f"## Risks\n\n{TABLE}"
        assert edited(source, read(source).risks[0].link_site.edit(LINK)) == source.replace("| a |", f"| a ({LINK}) |")

    def test_a_row_may_be_ignored(self) -> None:
        assert only("| Risk | Impact |\n|---|---|\n| a | H <!-- plansync:ignore --> |\n").ignored


class TestLevels:
    @pytest.mark.parametrize(
        ("raw", "level"),
        [
            ("L", Level.LOW), ("l", Level.LOW), ("Low", Level.LOW), ("Very Low", Level.LOW), ("🟢", Level.LOW), ("baja", Level.LOW), ("低", Level.LOW),
            ("M", Level.MEDIUM), ("**Medium** — much used", Level.MEDIUM), ("Med", Level.MEDIUM), ("🟡 Medium", Level.MEDIUM), ("M/H", Level.MEDIUM),
            ("H", Level.HIGH), ("HIGH", Level.HIGH), ("[High]", Level.HIGH), ("🔴", Level.HIGH), ("Critical", Level.HIGH), ("высокая", Level.HIGH),
            ("", None), ("42 %", None), ("{L/M/H}", None), ("huge", None), ("Lots", None),
        ],
    )  # fmt: skip
    def test_are_letters_words_and_emoji_in_front(self, raw: str, level: Level | None) -> None:
        assert read_level(raw) is level

    def test_that_cannot_be_read_are_a_problem(self) -> None:
        plan: Plan = read("## Risks\n\n| Risk | Impact |\n|---|---|\n| a | huge |\n")
        assert codes(plan) == ["PS301"]
        assert (plan.risks[0].impact, plan.risks[0].score) == (Rating("huge", None), None)
        assert plan.risks[0].likelihood == Rating("", None)

    @pytest.mark.parametrize(
        ("raw", "word"),
        [
            ("L", "low"),
            ("**H**", "high"),
            ("m", "medium"),
            ("Very  Low", "very low"),
            ("Medium — much used", "medium — much used"),
        ],
    )
    def test_are_shown_in_words(self, raw: str, word: str) -> None:
        assert rating_word(Rating(raw, None)) == word
