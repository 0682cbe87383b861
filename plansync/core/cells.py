"""Status cells of risk and task tables: such a cell is its row's box (spec §6). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plansync.core.fit import cut_text
from plansync.core.model import ItemKind
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
_MESSAGE_LIMIT = 60


def cell_state(raw: str) -> bool | None:
    """Say whether the cell's word is of the closed group (True) or the open one (False); None: neither."""
    wording = _read_cell(raw)
    return True if wording.word == _TICK else _IS_CLOSED.get(normal_word(wording.word))


def decide_cell(raw: str, is_open: bool, column: Sequence[str], kind: ItemKind) -> Verdict:
    """Say what the Status cell ``raw`` shall read, given whether the row's issue is open.

    its word is of         the issue agrees    result
    either group           yes                 stays
    either group           no                  the word that the first other row of the column has for it, else our own
    neither                                    stays, with a Problem
    (the cell is empty)                        stays

    To be asked only where the box has to follow the issue (spec §4.2): a row whose issue is closed as not planned
    keeps its cell. ``column`` has the raw cells of the column's other rows in order. The word goes into this cell's
    form: case, bold, brackets; where this cell and that row both lead with an emoji, that row's emoji comes along.
    """
    state, wanted = cell_state(raw), not is_open
    if state is None and not set(raw.strip()) - _EMPTY:
        return Keep("the cell is empty")
    if state is None:
        return Unclear(f"'{cut_text(raw.strip(), _MESSAGE_LIMIT)}' is neither an open nor a closed word")
    if state is wanted:
        return Keep("the cell says the same")
    model = next((_read_cell(cell) for cell in column if cell_state(cell) is wanted), None)
    if model is None:
        return Write(_read_cell(raw).reword(_OWN_WORDS[kind][wanted]))
    return Write(_read_cell(raw).reword(model.word, model.emoji))


def _read_cell(raw: str) -> Wording:
    """Take the cell apart; an emoji that stands for itself (``✅``) is its word."""
    wording = read_wording(raw, _IS_CLOSED)
    if wording.word or _TICK not in raw:
        return wording
    lead, _, close = raw.partition(_TICK)
    return Wording(lead, _TICK, close)
