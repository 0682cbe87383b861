"""Risks: the rows of tables below a heading with Risk(s), columns by name, never by place (spec §2.8)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from plansync.core.blocks import Block, Kind
from plansync.core.cells import cell_state
from plansync.core.grammar.columns import Row, Table, cell_text, is_closed_mark, read_table, status_cell, table_problems
from plansync.core.grammar.item_text import read_item_text
from plansync.core.grammar.outline import Part
from plansync.core.grammar.page import Page
from plansync.core.grammar.phase_names import read_phase_name
from plansync.core.grammar.words import is_nothing
from plansync.core.model import Level, Rating, Risk, State, StatusCell

_HEADING = re.compile(
    r"\brisks?\b|\brisi(?:ko|ken)\b|risiko|\brisques?\b|\briesgos?\b|\briscos?\b|\bриск(?:и|ов|ами)?\b|风险|風險",
    re.IGNORECASE,
)
_COLUMNS = {
    "risk": (
        "risk", "risks", "risk description", "risk factor", "risk item", "risiko", "risiken", "risque", "risques",
        "riesgo", "riesgos", "risco", "riscos", "риск", "риски", "风险", "風險", "threat", "concern",
        "description", "issue",
    ),
    "likelihood": (
        "likelihood", "probability", "prob", "prob.", "chance", "wahrscheinlichkeit", "eintrittswahrscheinlichkeit",
        "probabilité", "probabilidad", "probabilidade", "вероятность", "概率", "可能性",
    ),
    "impact": (
        "impact", "severity", "consequence", "auswirkung", "auswirkungen", "schwere", "gravité", "impacto", "severidad",
        "gravedad", "severidade", "влияние", "воздействие", "тяжесть", "影响", "影響", "严重性",
    ),
    "mitigation": (
        "mitigation", "mitigations", "mitigation strategy", "response", "countermeasure", "countermeasures", "action",
        "massnahme", "massnahmen", "gegenmassnahme", "gegenmassnahmen", "minderung", "atténuation", "mesure", "mesures",
        "mitigación", "mitigação", "меры", "снижение", "митигация", "缓解措施", "缓解", "应对措施", "应对",
    ),
    "owner": ("owner", "responsible", "verantwortlich", "responsable", "responsável", "ответственный", "负责人"),
    "status": ("status", "state", "estado", "statut", "статус", "状态"),
}  # fmt: skip
_LEVELS = (
    (
        Level.LOW,
        re.compile(
            r"(?i)l\b|(?:very )?low|minor|minimal|unlikely|rare|niedrig|gering|faible|baj[oa]|baix[oa]|низк|低|🟢"
        ),
    ),
    (Level.MEDIUM, re.compile(r"(?i)m\b|med|moderate|possible|mittel|moyen|medi[oa]|médi[oa]|средн|中|🟡|🟠")),
    (Level.HIGH, re.compile(r"(?i)h\b|(?:very )?high|critical|severe|major|likely|hoch|élevé|alt[oa]|высок|高|🔴")),
)
_LEAD = re.compile(r"[\s*_~`\[\](:/-]*")
_FIRST_LETTERS = {"l": "low", "m": "medium", "h": "high"}
_MARKUP = re.compile(r"[*_`~]")


def read_risks(page: Page, root: Part) -> tuple[Risk, ...]:
    """Return the risks of all risk tables in file order."""
    tables = [
        block for part in root.walk() if _is_risk_part(part) for block in part.own_blocks() if block.kind is Kind.TABLE
    ]
    return tuple(risk for block in tables for risk in _read_table(page, block))


def _is_risk_part(part: Part) -> bool:
    """Say whether ``part`` or one around it, title and phases apart, is headed Risk(s)."""
    around = [outer for outer in part.ancestors() if outer.level > 1 and not read_phase_name(outer.name)]
    return any(_HEADING.search(outer.key) for outer in around)


def is_risk_name(key: str) -> bool:
    """Say whether a heading's name speaks of risks."""
    return _HEADING.search(key) is not None


def _read_table(page: Page, block: Block) -> Iterator[Risk]:
    table = read_table(block, _COLUMNS)
    if "risk" not in table.columns or not table.columns & {"likelihood", "impact", "mitigation"}:
        if "risk" in table.columns or len(table.columns) > 1:
            page.report("PS302", block.span.start, "a table below a heading Risks has no columns Risk and Mitigation")
        return
    table_problems(page, table, "risk")
    for row in table.rows:
        risk = _read_row(page, table, row)
        if risk is not None:
            yield risk


def _read_row(page: Page, table: Table, row: Row) -> Risk | None:
    cell = row.cells.get("risk")
    if cell is None or not cell.inlines:
        return None
    text = read_item_text(page, cell)
    if is_nothing(text.text):
        return None
    place, status = page.lines.position(cell.span.start), status_cell(page, row)
    owner = cell_text(page, row, "owner")
    mitigation = cell_text(page, row, "mitigation")
    return Risk(
        text=text.text,
        line=place.line,
        column=place.column,
        span=row.block.span,
        id=text.id,
        box=text.box,
        status_cell=status,
        state=_state(text.state, status),
        links=text.links,
        link_site=text.link_site,
        ignored=page.is_ignored(row.block.children),
        likelihood=_rating(page, table, row, "likelihood"),
        impact=_rating(page, table, row, "impact"),
        mitigation="" if is_nothing(mitigation) else mitigation,
        owner=None if is_nothing(owner) else owner,
    )


def _rating(page: Page, table: Table, row: Row, column: str) -> Rating:
    raw = cell_text(page, row, column)
    level = read_level(raw)
    if level is None and column in table.columns:
        page.report("PS301", row.cells[column].span.start, f"the {column} '{raw}' cannot be read as a level")
    return Rating(raw, level)


def read_level(raw: str) -> Level | None:
    """Return the level that ``raw`` leads with: a letter, a word, an emoji; markup does not count."""
    lead = _LEAD.match(raw)
    text = raw[lead.end() :] if lead else raw
    return next((level for level, pattern in _LEVELS if pattern.match(text)), None)


def rating_word(rating: Rating) -> str:
    """Return a rating as ``show`` prints it: low, medium or high for L, M, H, else the raw text in lower case."""
    plain = " ".join(_MARKUP.sub("", rating.raw).casefold().split())
    return _FIRST_LETTERS.get(plain, plain)


def _state(state: State, status: StatusCell | None) -> State:
    if state is not State.OPEN or status is None:
        return state
    return State.DONE if cell_state(status.raw) or is_closed_mark(status.raw) else State.OPEN
