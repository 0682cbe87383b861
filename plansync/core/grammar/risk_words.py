"""The words of risks: headings, columns, labels and levels, in the languages of spec §2.8."""

from __future__ import annotations

import re
from enum import Enum, auto

from plansync.core.grammar.words import name_key
from plansync.core.model import Level, Rating

_RISK = r"(?:risks?|risiko|risiken|risques?|riesgos?|riscos?|риск(?:и|ов|ами|а)?|风险|風險|リスク|위험|리스크)"
_MANY = r"(?:risks|risiken|risques|riesgos|riscos|риски|рисков|风险|風險)"
_LEVEL = (
    r"(?:very )?(?:low|medium|moderate|high|critical|minimal|niedrig\w*|mittler\w*|hoh\w*|faibles?|moyens?|élevés?"
    r"|bajos?|baixos?|medios?|médios?|altos?|низк\w+|средн\w+|высок\w+|低|中等?|高|낮음|보통|높음)"
)
_HEADING = re.compile(rf"\b{_RISK}\b|(?:风险|風險|リスク|위험|리스크)")
_SETTLED = re.compile(r"\b(?:mitigated|resolved|closed|addressed|eliminated|avoided|retired|corrigés|corregidos)\b")
_LISTS = re.compile(
    rf"^(?!.*\b(?:mitigation (?:strateg|plan|measure)|strateg))"
    rf"(?:.*\b{_MANY}\b|{_RISK}$|{_RISK} (?:register|log|list|analysis)\b"
    r"|(?![低中高无無]|降低|控制|缓解|规避|减少)[一-鿿]{0,4}(?:风险|風險)(?:点|项|清单)?(?:$|[\s与和及、/+&＆])"
    r"|(?:主な|技術的?|想定される)?リスク(?:一覧|管理表)?(?:$|[\s、・/&]|と|および)"
    r"|(?:주요|기술)?\s?(?:위험|리스크)(?:\s?(?:요소|요인|목록))?(?:$|\s?(?:[,·/&와과]|및)))"
)
_OF_LEVEL = re.compile(rf"{_LEVEL}(?:[- ]?(?:risk|risiko|risque|riesgo|risco|риск|风险|風險))?")
_LEVEL_REMARK = re.compile(rf"{_LEVEL}(?:[- ]?{_RISK}\b\s*(?:$|[:：—–(,.])|\s*$)", re.IGNORECASE)
_ASIDE = re.compile(
    r"\b(?:mitigations?|contingenc|roll\s?back|fallback|questions?|assumptions?|decisions?|dependenc|monitoring"
    r"|acceptance|summary|conclusion|next steps|non-risks?|factors?|(?:gegen)?massnahmen|medidas|mesures)"
    r"|^(?:why|overall)\b|^(?:缓解|应对|对策|緩和策?|対策|対応策?)"
)
_ENTRY = re.compile(
    rf"{_RISK}[ #-]{{0,3}}(?P<number>\d+(?:\.\d+)*[a-z]?)?[ \t]?(?:[:：.)]|--?(?=\s)|—|–)[ \t]*(?=\S)"
    r"|(?P<id>R-?\d+)[ \t]?(?:[:：.)]|--?(?=\s)|—|–)[ \t]*(?=\S)",
    re.IGNORECASE,
)
_RISK_LABEL = re.compile(
    rf"(?:(?:primary|secondary|main|key|biggest|major|top) )?{_RISK}[ #-]*(?P<number>\d+(?:\.\d+)*[a-z]?)?"
    r"|r-?(?P<short>\d+)"
)


_TAG = re.compile(rf"(?:\*\*|__)?\[{_RISK}\](?:\*\*|__)?[:：]?[ \t]+", re.IGNORECASE)
_NO_ENTRY = re.compile(
    r"(?:key )?(?:assumptions?|decisions?|mitigations?|rollback|contingency|summary|conclusion|dependency|dependencies"
    r"|note|overall)(?: plan| strategy)?|overall risk(?: level)?"
)


class Role(Enum):
    """What a label or a column says of a risk."""

    ID = auto()
    LIKELIHOOD = auto()
    IMPACT = auto()
    MITIGATION = auto()
    OWNER = auto()
    STATUS = auto()
    RISK = auto()
    REMARK = auto()
    """A label that belongs to a risk, too, but tells nothing that is asked for: Contingency, Trigger …"""


COLUMNS = {
    "id": ("id", "risk id", "#", "no", "nr", "ref", "№", "编号", "序号", "番号", "번호"),
    "likelihood": (
        "likelihood", "probability", "prob", "chance", "wahrscheinlichkeit", "eintrittswahrscheinlichkeit",
        "probabilité", "probabilidad", "probabilidade", "вероятность", "概率", "可能性", "几率", "發生機率",
        "確率", "発生確率", "発生可能性", "頻度", "확률", "가능성", "발생 가능성", "발생 확률",
    ),
    "impact": (
        "impact", "severity", "consequence", "consequences", "auswirkung", "auswirkungen", "schwere", "schweregrad",
        "gravité", "conséquences", "impacto", "severidad", "gravedad", "severidade", "gravidade", "влияние",
        "воздействие", "последствия", "тяжесть", "критичность", "影响", "影響", "严重性", "严重程度", "严重度",
        "影響度", "影響範囲", "深刻度", "重大度", "영향", "영향도", "심각도",
        "level", "risk level", "risk rating", "nivel", "nível", "niveau", "stufe", "уровень", "等级",
    ),
    "mitigation": (
        "mitigation", "mitigations", "mitigation strategy", "response", "countermeasure", "countermeasures", "action",
        "massnahme", "massnahmen", "gegenmassnahme", "gegenmassnahmen", "minderung", "atténuation", "mesure", "mesures",
        "parade", "mitigación", "medidas", "mitigação", "tratamento", "tratamiento", "меры", "мера", "снижение",
        "митигация", "缓解措施", "缓解", "应对措施", "应对", "对策", "处理", "緩解措施", "緩解", "應對措施",
        "緩和策", "対策", "対応", "対応策", "軽減策", "回避策", "완화", "완화 방안", "완화 전략", "대응", "대응 방안",
        "대응책", "대책",
    ),
    "owner": (
        "owner", "responsible", "risk owner", "verantwortlich", "verantwortliche", "responsable", "responsável",
        "ответственный", "владелец", "负责人", "負責人", "担当", "担当者", "담당", "담당자",
    ),
    "status": ("status", "state", "estado", "statut", "zustand", "статус", "состояние", "状态", "狀態", "状態", "상태"),
    "risk": (
        "risk", "risks", "risk description", "risk factor", "risk item", "risiko", "risiken", "risque", "risques",
        "riesgo", "riesgos", "risco", "riscos", "риск", "риски", "风险", "風險", "リスク", "위험", "리스크", "threat",
        "concern", "description", "issue", "beschreibung", "descripción", "descrição", "описание", "描述",
        "内容", "説明", "설명",
    ),
}  # fmt: skip
"""Column → heads, the best first, as names compare."""

DESCRIPTIONS = (
    "description", "risk description", "beschreibung", "description du risque", "descripción", "descrição", "описание",
    "描述",
)  # fmt: skip
"""The heads of what names a risk where the column Risk holds ids."""

PATTERNS = {
    "id": re.compile(r"\bid$"),
    "likelihood": re.compile(r"likelihood|probab|\bchance\b|wahrscheinlichkeit|вероятност|概率|可能性"),
    "impact": re.compile(r"\bimpact|severity|consequence|auswirkung|schwere|gravité|gravedad|severid|влияни|影响|严重"),
    "mitigation": re.compile(
        r"\bmitigat|countermeasure|\bresponse\b|massnahme|minderung|atténu|mitigac|mitigaç|mitigation|\bmedidas?\b"
        r"|tratam|\bмеры\b|снижени|缓解|应对|对策"
    ),
    "owner": re.compile(r"\bowner\b|responsab|负责"),
    "status": re.compile(r"\bstatus\b"),
    "risk": re.compile(rf"^(?:potential |identified |key )?{_RISK}\b|^(?:风险|風險)"),
}
"""Column → what its head holds where none of the known heads is there."""

_ROLES = {
    Role.LIKELIHOOD: COLUMNS["likelihood"],
    Role.IMPACT: tuple(head for head in COLUMNS["impact"] if not head.startswith(("level", "risk", "niv", "stufe"))),
    Role.MITIGATION: (*(head for head in COLUMNS["mitigation"] if head != "action"), "how we mitigate", "disposition"),
    Role.OWNER: COLUMNS["owner"],
    Role.STATUS: COLUMNS["status"],
    Role.REMARK: (
        "contingency", "contingency plan", "fallback", "backup", "rollback", "rollback plan", "monitoring", "trigger",
        "triggers", "detection", "residual risk", "risk level", "risk rating", "overall risk", "overall risk level",
        "level", "validation", "note", "notes", "context", "likelihood/impact", "plan b", "cause", "root cause",
        "score", "recovery", "category", "type", "откат", "回滚",
    ),
}  # fmt: skip
_BY_NAME = {name: role for role, names in _ROLES.items() for name in names}
_MITIGATION = re.compile(r"(?:(?:primary|proposed) )?mitigat\w*(?: (?:plan|strateg\w+|measures?|approach|or \w+))?")

_LEVELS = (
    (
        Level.LOW,
        re.compile(
            r"(?i)l\b|(?:very )?low|minor|minimal|unlikely|rare|niedrig|gering|faible|baj[oa]|baix[oa]|низк|低|小|낮"
            r"|하\b|🟢"
        ),
    ),
    (
        Level.MEDIUM,
        re.compile(
            r"(?i)m\b|med|moderate|possible|mittel|moyen|medi[oa]|médi[oa]|moderad[oa]|средн|умерен|中|보통|중간|중\b|🟡|🟠"
        ),
    ),
    (
        Level.HIGH,
        re.compile(
            r"(?i)h\b|(?:very )?high|critical|severe|major|likely|hoch|élevé|fort|alt[oa]|crític[oa]|kritisch|critique"
            r"|высок|критич|高|大|严重|높|상\b|🔴"
        ),
    ),
)
_LEAD = re.compile(r"[\s*_~`\[\](:/-]*")
_LEVEL_ALONE = re.compile(
    rf"[\W_]*(?:overall )?(?:{_LEVEL}|none|l|m|h)(?: risk)?[*_]*(?:\W*$|\s*[—–(,.;/:]|\s+-{{1,2}}\s)", re.IGNORECASE
)
_FIRST_LETTERS = {"l": "low", "m": "medium", "h": "high"}
_MARKUP = re.compile(r"[*_`~]")
_WORDS = re.compile(r"\w(?:.*\w)?", re.DOTALL)
_NO_RISK = re.compile(
    r"\W*(?:none(?! of\b)\b|no (?:\w+ ){0,4}?risks?\b|n/?a\b|not applicable\b"
    r"|nothing(?:\W*$| (?:known|significant|major)\b)"
    r"|keine(?: \w+)? risiken\b|(?:keine|ninguno|nenhum|aucun|нет|无|無)\W*$|无(?:明显|已知|重大)?风险)",
    re.IGNORECASE,
)


def is_risk_name(key: str) -> bool:
    """Say whether a heading's name speaks of risks."""
    return _HEADING.search(key) is not None


def lists_risks(key: str) -> bool:
    """Say whether what is listed below a heading or label of this name is a risk each, whatever it looks like.

    ``Risks`` and ``Key Risks`` list risks; ``Risk Mitigation``, ``Risk Assessment``, ``Low Risk`` list what is done,
    found or changed: there an item is a risk only if it says so.
    """
    if _SETTLED.search(key) or _OF_LEVEL.fullmatch(_letters(key)):
        return False
    return _LISTS.search(key) is not None


def is_aside(key: str) -> bool:
    """Say whether a heading or label among risks opens something else: mitigations, rollback, questions."""
    if is_risk_name(key):
        return _SETTLED.search(key) is not None or _OF_LEVEL.fullmatch(_letters(key)) is not None
    return _ASIDE.search(key) is not None


def is_level_name(key: str) -> bool:
    """Say whether a name is a mere level: ``High``, ``Low Risk``."""
    return _OF_LEVEL.fullmatch(_letters(key)) is not None


def is_level_remark(text: str) -> bool:
    """Say whether an item speaks of a level alone: ``Low``, ``**Low Risk**: additive``."""
    return _LEVEL_REMARK.match(_letters(_MARKUP.sub("", text))) is not None


def entry_name(text: str) -> tuple[str, int] | None:
    """Return number (or an empty text) and length of the label of ``Risk 1: name`` or ``R1: name``, else None."""
    found = _ENTRY.match(text)
    return None if found is None else (found["number"] or found["id"] or "", found.end())


def tag_length(text: str) -> int:
    """Return the length of the tag ``[Risk]`` that ``text`` begins with, 0 where there is none."""
    found = _TAG.match(text)
    return found.end() if found else 0


def names_no_risk(words: str) -> bool:
    """Say whether an item's words begin with a label of something else: ``Assumption: …``, ``Rollback: …``."""
    label = re.split(r"[:：]", words, maxsplit=1)[0]
    return "`" not in label and len(label) < len(words) and _NO_ENTRY.fullmatch(name_key(label)) is not None


def role_of(name: str) -> Role | None:
    """Return what a label of this name says of a risk."""
    key = name_key(name)
    if _RISK_LABEL.fullmatch(key):
        return Role.RISK
    if _MITIGATION.fullmatch(key):
        return Role.MITIGATION
    return _BY_NAME.get(key)


def number_of(name: str) -> str | None:
    """Return the number of the label ``Risk 1`` or ``R1``, None for a label without."""
    found = _RISK_LABEL.fullmatch(name_key(name))
    if found is None or not (found["number"] or found["short"]):
        return None
    return found["number"] or name_key(name).upper()


def says_no_risk(text: str) -> bool:
    """Say whether ``text`` says that there is none."""
    return _NO_RISK.match(text) is not None


def is_level_alone(text: str) -> bool:
    """Say whether ``text`` says how high a risk is, not which one it is: ``Low``, ``Medium (known code)``."""
    return _LEVEL_ALONE.match(text) is not None


def read_level(raw: str) -> Level | None:
    """Return the level that ``raw`` leads with: a letter, a word, an emoji; markup does not count."""
    lead = _LEAD.match(raw)
    text = raw[lead.end() :] if lead else raw
    return next((level for level, pattern in _LEVELS if pattern.match(text)), None)


def rating_word(rating: Rating) -> str:
    """Return a rating as ``show`` prints it: low, medium or high for L, M, H, else the raw text in lower case."""
    plain = " ".join(_MARKUP.sub("", rating.raw).casefold().split())
    return _FIRST_LETTERS.get(plain, plain)


def _letters(key: str) -> str:
    """Return ``key`` without emoji and signs at its ends."""
    found = _WORDS.search(key)
    return found.group() if found else ""
