"""The words of phase headings: what a phase is called, how long it lasts, that it is done (spec §2.3)."""

from __future__ import annotations

import re

PHASE = r"(?:phase|sprint|stage|wave|milestone|fase|faz|aşama|etap|etapa|vague|фаза|этап|етап|étape|giai đoạn|tahap)"
BEFORE_PHASE = r"(?:(?:implementation|development|delivery|migration|project)\s+)?"
DONE = (
    r"(?:completed?|done|finished|implemented|shipped|abgeschlossen|erledigt|fertig|completad[oa]|terminad[oa]|hech[oa]"
    r"|conclu[ií]d[oa]|feit[oa]|terminée?|achevée?|готово|завершен[оа]?|выполнен[оа]?|已?完成|完了|완료)"
)
UNIT = (
    r"(?i:hours?|hrs?|h|minutes?|mins?|min|days?|d|weeks?|w|months?|semanas?|d[ií]as?|dias?|horas?|mes(?:es)?|mês"
    r"|wochen?|tage?|stunden?|monate?|semaines?|jours?|heures?|mois|недел[ьяию]|дн(?:я|ей)|день|час(?:а|ов)?)"
)
SPAN = (
    r"(?i:days?|weeks?|months?|semanas?|d[ií]as?|dias?|m[eê]s(?:es)?|wochen?|tage?|monate?|semaines?|jours?|mois"
    r"|недел[яи]|дн[ия])"
)
EASTERN_UNIT = r"(?:个?(?:周|天|月|小时|工作日)|人天|日|週間?|時間|か月|주|일|시간)"

EASTERN_PHASE = r"(?:阶段|階段|フェーズ|フェイズ|단계|里程碑)"
NUMERAL = r"(?:[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])"
"""A Chinese numeral below a hundred."""
_AHEAD = r"(?=\s|[:：—–(（.、)→-]|\Z)"
_LEAD = rf"(?:(?:\d+(?:\.\d+)*[.、)]?(?!\d)|{NUMERAL}、)\s*)?"
_EASTERN = re.compile(
    rf"{_LEAD}(?:(?:阶段|階段)\s*(?P<plain>\d+(?:\.\d+)*[A-Z]?)|第\s*(?P<nth>\d+|{NUMERAL})\s*{EASTERN_PHASE}"
    rf"|{EASTERN_PHASE}\s*(?P<after>\d+(?:\.\d+)*[A-Z]?|{NUMERAL}|[A-Z]){_AHEAD}|(?P<before>\d+)\s*{EASTERN_PHASE}{_AHEAD})(?P<rest>.*)",
    re.DOTALL,
)
_DIGITS = {digit: number for number, digit in enumerate("一二三四五六七八九", 1)}


def match_eastern(heading: str) -> re.Match[str] | None:
    """Return the match of a Chinese, Japanese or Korean phase heading, its name in the group ``rest``."""
    return _EASTERN.fullmatch(heading)


def eastern_id(found: re.Match[str]) -> str:
    """Return the id in a match of :func:`match_eastern`, Chinese numerals as digits."""
    numeral = next(filter(None, found.group("plain", "nth", "after", "before")))
    return by_digits(numeral)


def by_digits(numeral: str) -> str:
    """Return a Chinese numeral below a hundred in digits, anything else as it is."""
    if not re.fullmatch(NUMERAL, numeral):
        return numeral
    tens, ten, ones = numeral.rpartition("十")
    return str((_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0))
