"""Status cells of risk and task tables: such a cell is its row's box (spec §6). Pure.

Two kinds of columns hold them. A column headed Status has words, or marks like ``✅``, ``☐`` and ``[x]``. A column
headed Completed or Done has marks, Yes or a date, and what is blank there is open.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from plansync.core.fit import cut_text
from plansync.core.model import ItemKind, StatusCell
from plansync.core.wording import Keep, Unclear, Verdict, Wording, Write, normal_word, read_wording

_OPEN = ("Open", "Active", "Monitoring", "New", "To Do")
_CLOSED = ("Closed", "Mitigated", "Resolved", "Accepted", "Done")
_TICK = "✅"
_IS_CLOSED: Mapping[str, bool] = {
    **{normal_word(word): False for word in _OPEN},
    **{normal_word(word): True for word in _CLOSED},
}
_OWN_WORDS = {
    ItemKind.TASK: {False: "To Do", True: "Done"},
    ItemKind.RISK: {False: "Open", True: "Closed"},
    ItemKind.QUESTION: {False: "Open", True: "Closed"},
}
_EMPTY = frozenset("-–—")
_OPENED = {"☑": "☐", "✔": "☐", "✓": "☐", "[x]": "[ ]", "[X]": "[ ]", "[✓]": "[ ]"}
_TICKED = {"☐": "☑", "⬜": _TICK, "🔲": _TICK, "[ ]": "[x]", "[]": "[x]"}
_MARKS: Mapping[str, bool] = {_TICK: True, **dict.fromkeys(_OPENED, True), **dict.fromkeys(_TICKED, False)}
_MARK = re.compile(rf"(?P<lead>[*_`\s]*)(?P<mark>{'|'.join(map(re.escape, _MARKS))})(?P<close>\ufe0f?[*_`\s]*)")
_CLOSED_MARK = re.compile(r"(?i)x|[✅✔☑✓]\ufe0f?.*|yes|completed?|ja|sí|sim|oui|да|是|\d{4}-\d\d-\d\d")
_NOT_DONE = frozenset({"", "no", "nein", "não", "non", "нет", "否", "❌", "todo", "open"})
_MESSAGE_LIMIT = 60


def cell_state(raw: str) -> bool | None:
    """Say whether the cell's word is of the closed group (True) or the open one (False); None: neither."""
    word = _read_cell(raw).word
    return _MARKS.get(word, _IS_CLOSED.get(normal_word(word)))


def is_closed_mark(raw: str) -> bool:
    """Say whether a Status or Completed cell says done by a mark rather than a word: ``x``, ``✅ …``, a date."""
    return _CLOSED_MARK.fullmatch(raw.strip()) is not None


def cell_box(cell: StatusCell) -> bool | None:
    """Say what a row's Status cell says as its box; a blank cell in a column of ticks is an open box."""
    state = cell_state(cell.raw)
    if state is not None or not cell.ticks:
        return state
    if is_closed_mark(cell.raw):
        return True
    return False if cell.raw.strip("-–— ").casefold() in _NOT_DONE else None


def decide_cell(cell: StatusCell, is_open: bool, column: Sequence[StatusCell], kind: ItemKind) -> Verdict:
    """Say what the Status cell ``cell`` shall read, given whether the row's issue is open.

    its word is of         the issue agrees    result
    either group           yes                 stays
    either group           no                  the word that the first other row of the column has for it, else our own
    neither                                    stays, with a Problem
    (the cell is empty)                        stays; in a column of ticks it is open, and ``✅`` is written

    To be asked only where the box has to follow the issue (spec §4.2): a row whose issue is closed as not planned
    keeps its cell. ``column`` has the other rows' cells in order; those of other tables do not matter. The word goes
    into this cell's form: case, bold, brackets; where this cell and that row both lead with an emoji, that row's emoji
    comes along. A date is no word: it is not written again.
    """
    state, wanted, raw = cell_box(cell), not is_open, cell.raw
    if state is None and not set(raw.strip()) - _EMPTY:
        return Keep("the cell is empty")
    if state is None:
        return Unclear(f"'{cut_text(raw.strip(), _MESSAGE_LIMIT)}' is neither an open nor a closed word")
    if state is wanted:
        return Keep("the cell says the same")
    models = (other for other in column if other.table == cell.table and cell_box(other) is wanted)
    model = next((other.raw for other in models if cell_state(other.raw) is not None), None)
    return Write(_reword(cell, wanted, model, kind))


def _reword(cell: StatusCell, wanted: bool, model: str | None, kind: ItemKind) -> str:
    wording = _read_cell(cell.raw)
    if model is not None:
        other = _read_cell(model)
        return _with_mark(wording, other.word) if other.word in _MARKS else wording.reword(other.word, other.emoji)
    mark = (_TICKED if wanted else _OPENED).get(wording.word)
    if mark is not None:
        return _with_mark(wording, mark)
    if not cell.ticks:
        return wording.reword(_OWN_WORDS[kind][wanted])
    return _TICK if wanted else ""


def _with_mark(wording: Wording, mark: str) -> str:
    return replace(wording, word="").reword(mark)


def _read_cell(raw: str) -> Wording:
    """Take the cell apart; a mark that stands for itself (``✅``, ``[ ]``) is its word."""
    found = _MARK.fullmatch(raw)
    if found is not None:
        return Wording(found["lead"], found["mark"], found["close"])
    return read_wording(raw, _IS_CLOSED)
